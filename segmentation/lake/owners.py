"""Whose the facts in the lake are after merges and separations: only rows of those concerned are written anew."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable
from django.db.models import Max

from customers.models import Event, MergeLog
from segmentation.lake import delta
from segmentation.lake.tables import CUSTOMER_ID

# Owner by event, for one month.
Owners = dict[int, int]


def newest_merge() -> int:
    """The last line of the merge log. Ask for it before `merged_customers`: then what comes meanwhile comes again."""
    return MergeLog.objects.aggregate(newest=Max("pk"))["newest"] or 0


def moved(merged: Mapping[int, int], *, after: int, upto: int) -> dict[int, int]:
    """Customers of whom the merge log tells between these lines, with whom each counts for now."""
    told = MergeLog.objects.filter(pk__gt=after, pk__lte=upto).values_list("customer_id", flat=True).distinct()
    return {pk: merged.get(pk, pk) for pk in told}


def rewrite(table: DeltaTable, name: str, owners: Mapping[int, int], *, upto: int) -> int:
    """Give the rows of these customers' events up to the id `upto` to their owners; how many files were replaced.

    One commit per file; safe to kill anywhere and to repeat.
    """
    months = _events_of(owners, upto)
    count = 0
    for path, month in delta.files(table, name).items():
        if month in months:
            count += _rewrite_file(table, name, month, Path(path), months[month])
    table.update_incremental()
    return count


def _events_of(owners: Mapping[int, int], upto: int) -> dict[str, Owners]:
    months: dict[str, Owners] = defaultdict(dict)
    events = Event.objects.filter(customer__in=owners, pk__lte=upto).values_list("pk", "customer_id", "time")
    for pk, customer, time in events.iterator(chunk_size=5000):
        months[time.astimezone(UTC).strftime("%Y-%m")][pk] = owners[customer]
    return months


def _rewrite_file(table: DeltaTable, name: str, month: str, path: Path, owners: Owners) -> bool:
    events, theirs = pa.array(owners.keys(), pa.int64()), pa.array(owners.values(), CUSTOMER_ID)
    looked_at = pq.read_table(path, columns=["event_id", "customer_id"], partitioning=None)
    place = pc.index_in(looked_at["event_id"], value_set=events)
    now = pc.coalesce(theirs.take(place.combine_chunks()), looked_at["customer_id"].combine_chunks())
    if now.equals(looked_at["customer_id"].combine_chunks()):
        return False
    rows = pq.read_table(path, partitioning=None)
    rows = rows.set_column(rows.schema.get_field_index("customer_id"), rows.schema.field("customer_id"), now)
    keys = [key for key in ("event", "customer_id", "time", "event_id", "position") if key in rows.column_names]
    rows = rows.take(pc.sort_indices(rows, sort_keys=[(key, "ascending") for key in keys]))
    delta.replace(table, name, [delta.removal(name, month, path)], month, rows)
    return True
