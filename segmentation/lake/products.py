"""What an item inherits from its product: name, categories, brand."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from customers.models import Product
from segmentation.lake.tables import PRODUCT_COLUMNS

# SKUs looked up with one query; below every database's limit of parameters.
LOOK_UP = 900

_INHERITED = [name for name in PRODUCT_COLUMNS if name != "sku"]


def joined(items: pa.Table) -> pa.Table:
    """`items` with the empty ones among its product columns filled in from the products as they are now."""
    if not items.num_rows:
        return items
    skus = items["sku"].combine_chunks().dictionary_encode()
    found = _columns(skus.dictionary.to_pylist())
    for name in _INHERITED:
        own, inherited = items[name], found[name].take(skus.indices)
        column = inherited if own.null_count == len(own) else pc.coalesce(own, inherited)
        items = items.set_column(items.schema.get_field_index(name), name, column)
    return items


def _columns(skus: list[str]) -> dict[str, pa.Array]:
    """The inherited columns of these SKUs, in their order."""
    found: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(skus), LOOK_UP):
        wanted = Product.objects.filter(sku__in=skus[start : start + LOOK_UP])
        for sku, *rest in wanted.values_list("sku", "name", "category_path", "brand"):
            found[sku] = _inherited(*rest)
    rows = [found.get(sku, (None,) * len(_INHERITED)) for sku in skus]
    return {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(_INHERITED)}


def _inherited(name: str, path: list[str], brand: str) -> tuple[str | None, ...]:
    """In the order of `_INHERITED`; an empty text in the product is no value."""
    return name or None, path[0] if path else None, " / ".join(path) or None, brand or None
