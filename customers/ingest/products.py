"""Stores products."""

from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.utils import timezone

from customers import bulk
from customers.ingest.records import ProductRecord
from customers.locks import FACTS, take_turns
from customers.models import Product

FIELDS = ["sku", "name", "category_path", "brand", "attributes", "updated_at"]


def store_products(records: Sequence[ProductRecord]) -> int:
    """Store products that are not known yet, and the name of those known without one; say how many were new."""
    named = {record.sku: record.name for record in records if record.name}
    now = bulk.stored_time(timezone.now())
    with transaction.atomic():
        take_turns(FACTS)
        nameless = Product.objects.filter(sku__in=named, name="").values_list("pk", "sku")
        bulk.update(Product, ["name", "updated_at"], [(named[sku], now, pk) for pk, sku in nameless])
        return bulk.insert(Product, FIELDS, [_row(record, now) for record in records], unless=["sku"])


def _row(record: ProductRecord, now: object) -> tuple:
    path, attributes = (msgspec.json.encode(part).decode() for part in (record.category_path, record.attributes))
    return record.sku, record.name, path, record.brand, attributes, now
