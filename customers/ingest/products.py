"""Stores products."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, cast

import msgspec
from django.db import transaction
from django.db.models import Field, Q
from django.utils import timezone

from customers import bulk
from customers.ingest.records import ProductRecord
from customers.locks import FACTS, take_turns
from customers.models import Product

FIELDS = ["sku", "name", "category_path", "brand", "attributes", "updated_at"]
# What may be told later, and how it is stored until then.
BLANK: dict[str, object] = {"name": "", "brand": "", "category_path": []}


def store_products(records: Sequence[ProductRecord]) -> int:
    """Store products that are not known yet, and fill in what was not known of others; say how many were new."""
    now = bulk.stored_time(timezone.now())
    with transaction.atomic():
        take_turns(FACTS)
        _fill_in({record.sku: record for record in records})
        return bulk.insert(Product, FIELDS, [_row(record, now) for record in records], unless=["sku"])


def renew_products(records: Sequence[ProductRecord]) -> None:
    """Store products, and what is told of known ones in place of what was known; an empty field says nothing."""
    with transaction.atomic():
        take_turns(FACTS)
        store_products(records)
        known = Product.objects.in_bulk({record.sku for record in records}, field_name="sku")
        changed = {}
        for record in records:
            if _renew(known[record.sku], record):
                changed[record.sku] = known[record.sku]
        Product.objects.bulk_update(changed.values(), [*BLANK, "attributes", "updated_at"], batch_size=500)


def _renew(product: Product, record: ProductRecord) -> bool:
    """Make the product what the record says; whether that changed anything."""
    said = {field: _fitting(field, getattr(record, field)) for field in BLANK if getattr(record, field)}
    said["attributes"] = {**product.attributes, **record.attributes}
    if all(getattr(product, field) == value for field, value in said.items()):
        return False
    for field, value in said.items():
        setattr(product, field, value)
    product.updated_at = timezone.now()
    return True


def _fill_in(records: Mapping[str, ProductRecord]) -> None:
    """What a product already has stays."""
    told = [field for field in BLANK if any(getattr(record, field) for record in records.values())]
    lacking = reduce(or_, (Q(**{field: BLANK[field]}) for field in told), Q(pk__in=[]))
    for product in Product.objects.filter(lacking, sku__in=records):
        record = records[product.sku]
        new = [field for field in told if not getattr(product, field) and getattr(record, field)]
        for field in new:
            setattr(product, field, _fitting(field, getattr(record, field)))
        if new:
            product.save(update_fields=[*new, "updated_at"])


def _row(record: ProductRecord, now: object) -> tuple:
    path, attributes = (msgspec.json.encode(part).decode() for part in (record.category_path, record.attributes))
    return record.sku, _fitting("name", record.name), path, _fitting("brand", record.brand), attributes, now


def _fitting(field: str, value: Any) -> Any:
    """Names of products can be long; the column decides how much is kept."""
    longest = cast("Field", Product._meta.get_field(field)).max_length
    return value[:longest] if isinstance(value, str) else value
