"""Which column of a file means what: the fields of an order line, and a guess of the mapping from the headers."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.errors import CustomersError

FIELDS: dict[str, Promise] = {
    "order_id": gettext_lazy("Order number"),
    "customer_id": gettext_lazy("Customer number"),
    "time": gettext_lazy("Time of the order"),
    "sku": gettext_lazy("Product number (SKU)"),
    "quantity": gettext_lazy("Quantity"),
    "price": gettext_lazy("Unit price"),
    "amount": gettext_lazy("Amount of the line"),
    "discount": gettext_lazy("Discount of the line"),
    "name": gettext_lazy("Product name"),
    "category": gettext_lazy("Category"),
    "brand": gettext_lazy("Brand"),
    "store": gettext_lazy("Store"),
    "country": gettext_lazy("Country"),
}
REQUIRED = ("order_id", "customer_id", "time", "sku", "quantity", "price")
# Headers by which a field is known; the first that is there wins.
_HEADERS = {
    "order_id": "order_id order_no order_number order invoice_no invoice_number invoice 订单号 订单编号 订单id 单号",
    "customer_id": "customer_id customer_no customer_number customer user_id user member_id buyer_id client_id"
    " 客户编号 客户id 客户号 会员号 会员id 会员编号 用户id 用户编号 买家id",
    "time": "order_time order_date invoice_date invoice_time purchase_date paid_at created_at timestamp datetime time"
    " date 下单时间 订单时间 订单日期 付款时间 支付时间 交易时间 成交时间 日期 时间",
    "sku": "sku stock_code product_id product_code product_no item_id item_code goods_id"
    " 商品编码 商品编号 商品id 货号 商品货号",
    "quantity": "quantity qty units count 数量 购买数量 商品数量 件数",
    "price": "unit_price price 单价 商品单价 价格",
    "amount": "amount line_total line_amount total sales subtotal 金额 实付金额 小计 成交金额",
    "discount": "discount discount_amount 优惠 优惠金额 折扣金额",
    "name": "product_name item_name description product title name 商品名称 商品名 商品标题 品名",
    "category": "category product_category department 品类 类目 商品类目 商品分类 分类",
    "brand": "brand 品牌",
    "store": "store store_id shop 门店 店铺 门店编号",
    "country": "country 国家 国家地区 国家或地区",
}


def guess(columns: Iterable[str]) -> dict[str, str]:
    """The fields that can be told from the headers, each with its column.

    >>> guess(["Invoice No", "CustomerID", "数量"])
    {'order_id': 'Invoice No', 'customer_id': 'CustomerID', 'quantity': '数量'}
    """
    by_header = {_plain(column): column for column in reversed(list(columns))}
    mapping: dict[str, str] = {}
    for field, headers in _HEADERS.items():
        free = (by_header.get(_plain(header)) for header in headers.split())
        column = next((column for column in free if column and column not in mapping.values()), None)
        if column:
            mapping[field] = column
    return mapping


def missing(mapping: Mapping[str, str]) -> list[str]:
    """The fields without which no order can be read."""
    return [field for field in REQUIRED if field not in mapping and not (field == "price" and "amount" in mapping)]


def check_mapping(mapping: Mapping[str, str], columns: Iterable[str]) -> None:
    """Raise a CustomersError that says what to do unless orders can be read with this mapping."""
    headers = list(columns)
    listed = ", ".join(headers)
    if doubled := sorted({header for header in headers if headers.count(header) > 1}):
        message = _("Two columns are called “%(name)s”; rename one.") % {"name": doubled[0]}
        raise CustomersError(message, code="columns_doubled")
    if unknown := sorted(mapping.keys() - FIELDS.keys()):
        message = _("There is no field “%(name)s”; the fields are %(fields)s.")
        raise CustomersError(message % {"name": unknown[0], "fields": ", ".join(FIELDS)}, code="field_unknown")
    if absent := sorted(set(mapping.values()) - set(headers)):
        message = _("The file has no column “%(name)s”; its columns are %(columns)s.")
        raise CustomersError(message % {"name": absent[0], "columns": listed}, code="column_unknown")
    if fields := missing(mapping):
        message = _("No column was found for %(fields)s. Say which it is; the file's columns are %(columns)s.")
        raise CustomersError(message % {"fields": ", ".join(fields), "columns": listed}, code="columns_missing")


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", header)).casefold()
