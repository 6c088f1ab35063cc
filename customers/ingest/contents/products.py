"""Products: one row per product, with its category from broad to fine."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.ingest.contents.base import SKU_HEADERS, Contents, Layout, Reader, SetAside, in_words
from customers.ingest.products import renew_products
from customers.ingest.records import ProductRecord
from customers.ingest.validate import LONGEST_KEY


class Products(Contents):
    """Known products are renewed: a cell that is empty says nothing, another one replaces what was there."""

    name = _("Products")
    rows = _("one row per product")
    icon = "package"
    fields = {
        "sku": _("Product number (SKU)"),
        "name": _("Product name"),
        "category": _("Category"),
        "brand": _("Brand"),
    }
    required = ("sku",)
    headers = {
        "sku": f"{SKU_HEADERS} id",
        "name": "product_name item_name name description title product 商品名称 商品名 商品标题 品名 名称",
        "category": "category category_path product_category department 品类 类目 商品类目 商品分类 分类",
        "brand": "brand 品牌",
    }
    titles = (_("Product"), _("Name"), _("Category"), _("Brand"), _("Attributes"))
    others = _("Attributes")
    hint = _("An empty cell changes nothing.")

    def reader(self, layout: Layout) -> Reader:
        return _Reader(layout)


@dataclass(frozen=True, slots=True)
class _Product:
    number: int
    record: ProductRecord


class _Reader(Reader):
    def read(self, row: Sequence[Any]) -> _Product | SetAside:
        number, problem = row[-2], row[-1]
        sku = self.text(row, "sku")
        if problem or not sku or len(sku) > LONGEST_KEY:
            reason = problem or ("number_too_long" if sku else "no_product_number")
            return SetAside(number, "invalid", reason)
        levels = self.text(row, "category").replace("/", ">").split(">")
        path = [level for part in levels if (level := part.strip())]
        attributes = self.kept_values(row)
        record = ProductRecord(sku, self.text(row, "name"), path, self.text(row, "brand"), attributes)
        return _Product(number, record)

    def store(self, rows: Sequence[_Product]) -> tuple[Counter[str], list[SetAside]]:
        renew_products([row.record for row in rows])
        return Counter(products=len(rows)), []

    def cells(self, read: _Product) -> tuple[object, ...]:
        product = read.record
        attributes = in_words(product.attributes)
        return product.sku, product.name, " › ".join(product.category_path), product.brand, attributes
