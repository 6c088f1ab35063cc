"""The customers of the database as rows of the lake: one per customer that counts, with typed traits."""

from collections import Counter
from collections.abc import Collection, Iterator
from hashlib import blake2b
from typing import Any

import msgspec
import pyarrow as pa
from django.db.models import TextField
from django.db.models.functions import Cast

from customers.consent import reachable
from customers.models import Consent, Customer, Identity
from segmentation.lake.columns import Catalogue, Field, typed
from segmentation.lake.tables import CUSTOMERS, FIXED

# Customers read and decoded at once.
PAGE = 20_000
# Identities by which we know who somebody is, not only that they were here before.
IDENTIFYING = (Identity.Kind.USER_ID, Identity.Kind.EMAIL, Identity.Kind.PHONE, Identity.Kind.PLATFORM)

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def customer_rows(known: Catalogue) -> tuple[pa.Table, Counter[str]]:
    """All customers in order of id, without those merged into others, and the misfits among their traits."""
    misfits: Counter[str] = Counter()
    identified, reach = _identified(), _reach()
    schema = pa.schema([*FIXED[CUSTOMERS], *known.columns(CUSTOMERS)])
    parts = [_rows(page, known.traits, identified, reach, misfits) for page in _pages()]
    return pa.concat_tables([schema.empty_table(), *(part.cast(schema) for part in parts)]), misfits


def rows_of(ids: Collection[int], known: Catalogue) -> pa.Table:
    """These customers, as `customer_rows` has them."""
    identities = Identity.objects.filter(kind__in=IDENTIFYING, customer__in=list(ids))
    identified = set(identities.values_list("customer_id", flat=True))
    counting = Customer.objects.filter(merged_into=None, pk__in=list(ids)).order_by("pk")
    page = list(counting.values_list("pk", "external_id", "first_seen_at", Cast("traits", TextField())))
    schema = pa.schema([*FIXED[CUSTOMERS], *known.columns(CUSTOMERS)])
    rows = _rows(page, known.traits, identified, _reach(ids), Counter()) if page else schema.empty_table()
    return rows.cast(schema)


def fingerprint(rows: pa.Table) -> int:
    """A number (63 bits) that differs when the rows or their columns do."""
    digest = blake2b(rows.schema.to_string().encode(), digest_size=8)
    for batch in rows.combine_chunks().to_batches():
        digest.update(batch.serialize())
    return int.from_bytes(digest.digest()) >> 1


def _pages() -> Iterator[list[tuple[Any, ...]]]:
    after = 0
    counting = Customer.objects.filter(merged_into=None).order_by("pk")
    while page := list(
        counting.filter(pk__gt=after).values_list("pk", "external_id", "first_seen_at", Cast("traits", TextField()))[
            :PAGE
        ]
    ):
        yield page
        after = page[-1][0]


def _rows(
    page: list[tuple[Any, ...]],
    traits: list[Field],
    identified: set[int],
    reach: dict[int, list[str]],
    misfits: Counter[str],
) -> pa.Table:
    ids, external, seen, texts = zip(*page, strict=True)
    columns = {
        "customer_id": ids,
        "external_id": external,
        "first_seen": seen,
        "identified": [pk in identified for pk in ids],
        "reachable": [reach.get(pk, []) for pk in ids],
    }
    fixed = {field.name: pa.array(columns[field.name], field.type) for field in FIXED[CUSTOMERS]}
    return pa.table({**fixed, **typed([_decode(text) for text in texts], traits, misfits)})


def _identified() -> set[int]:
    return set(Identity.objects.filter(kind__in=IDENTIFYING).values_list("customer_id", flat=True).distinct())


def _reach(ids: Collection[int] | None = None) -> dict[int, list[str]]:
    """ "purpose:channel" of every consent that is given now, by customer: of these, or of all."""
    reach: dict[int, list[str]] = {}
    pairs = (
        Consent.objects.exclude(channel="").order_by("purpose", "channel").values_list("purpose", "channel").distinct()
    )
    for purpose, channel in pairs:
        for customer in reachable(ids, purpose=purpose, channel=channel):
            reach.setdefault(int(customer), []).append(f"{purpose}:{channel}")
    return reach
