"""Copies into the lake what the database has and the lake has not. Exactly once, wherever it is killed.

Each commit to `events` and to `items` carries the id of the last event in it, so a sync goes on where the tables
themselves say they are. Readers use what the last finished sync published; a half-finished one is not seen.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Property, Trait
from segmentation.lake import delta, versions
from segmentation.lake.appending import Appender
from segmentation.lake.columns import Catalogue, catalogue
from segmentation.lake.customers import customer_rows, fingerprint
from segmentation.lake.events import first_event, merged_customers, newest_event, pages
from segmentation.lake.lock import writing
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.owners import newest_merge
from segmentation.lake.products import joined
from segmentation.lake.tables import CUSTOMERS, EVENTS, ITEMS

# Told phase, done and total as the work goes on.
Progress = Callable[[str, int, int], None]

# Bytes of rows gathered in memory for one commit.
ROUND = 32 * 1024 * 1024
# Name of a mark: what the customers looked like when they were written.
CONTENT = "content"


@dataclass(frozen=True)
class SyncReport:
    """What a sync copied, and the snapshot that readers see now."""

    events: int
    items: int
    customers: int
    snapshot: int
    seconds: float


def silent(phase: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


def sync(*, progress: Progress = silent) -> SyncReport:
    """Bring the lake up to date with the database and publish it."""
    with writing():
        return copy(progress)


def copy(progress: Progress, *, afresh: bool = False) -> SyncReport:
    """What `sync` and `rebuild` do while they hold the lake; `afresh` copies everything again."""
    started = time.perf_counter()
    merges = newest_merge()
    plan = Plan(newest_event(), first_event(), merges, merged=merged_customers(), known=catalogue())
    tables = [
        Appender(EVENTS, plan.known.columns(EVENTS), finish=lambda rows: rows),
        Appender(ITEMS, plan.known.columns(ITEMS), finish=joined),
    ]
    for table in tables:
        if afresh or table.last > plan.upto or not table.can_hold(plan.origin):
            table.start_again(plan.origin, plan.merges, [field.mark for field in plan.known.fields(table.name)])
        table.follow(plan.merged, plan.merges)
    _copy_events(tables, plan, progress)
    customers = _copy_customers(plan.known, progress)
    snapshot = _publish(plan.known)
    events, items = (table.rows for table in tables)
    return SyncReport(events, items, customers, snapshot.pk, time.perf_counter() - started)


@dataclass(frozen=True)
class Plan:
    """What is to be copied, settled when the sync begins: events up to this id, into these columns."""

    upto: int
    first: str
    # The last line of the merge log that `merged` knows of.
    merges: int
    merged: dict[int, int]
    known: Catalogue

    @property
    def origin(self) -> int:
        """Differs when what was copied before came from another database."""
        return origin_of(self.first)


def origin_of(first: str) -> int:
    """The mark of a database with this first event."""
    return int.from_bytes(blake2b(first.encode(), digest_size=7).digest())


def _copy_events(tables: list[Appender], plan: Plan, progress: Progress) -> None:
    """Append all events. After a kill one table may be ahead of the other, which catches up first."""
    for end in sorted({plan.upto, *(table.last for table in tables)}):
        behind = [table for table in tables if table.last < end]
        if behind:
            _copy_between(behind, plan, end, progress)


def _copy_between(tables: list[Appender], plan: Plan, end: int, progress: Progress) -> None:
    start = tables[0].last
    with _uncollected():
        for page in pages(plan.known, plan.merged, after=start, upto=end):
            for table in tables:
                table.take(page.tables[table.name], page.misfits[table.name])
            progress(_("Copying events"), page.last - start, end - start)
            if sum(table.waiting for table in tables) >= ROUND:
                _commit(tables, page.last, plan)
        _commit(tables, end, plan)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Decoded events hold no cycles: looking for some would take a sixth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _commit(tables: list[Appender], last: int, plan: Plan) -> None:
    for table in tables:
        table.commit(last, plan.origin)


def _copy_customers(known: Catalogue, progress: Progress) -> int:
    """Write the customers anew if anything about them changed; how many there are."""
    progress(_("Copying customers"), 0, 0)
    rows, misfits = customer_rows(known)
    table, content = delta.created(CUSTOMERS), fingerprint(rows)
    if delta.mark(table, CONTENT) != content:
        marks = {field.mark: misfits[field.mark] for field in known.traits}
        delta.overwrite(table, rows, marks={CONTENT: content, **marks})
    return rows.num_rows


def _publish(known: Catalogue) -> LakeSnapshot:
    """Show readers what was copied, and people how many values did not fit their type."""
    tables = {name: delta.opened(name) for name in (EVENTS, ITEMS, CUSTOMERS)}
    with transaction.atomic():
        for name, table in tables.items():
            model = Trait if name == CUSTOMERS else Property
            for field in known.fields(name):
                counted = delta.mark(table, field.mark)
                model.objects.filter(pk=field.pk).exclude(misfits=counted).update(misfits=counted)
        return versions.publish({name: table.version() for name, table in tables.items()})
