"""What the lake knows of customers' events: the first or last value of a property, the periods with an event."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from segmentation.lake.tables import EVENTS, ITEMS, Source
from segmentation.rules.days import offsets
from segmentation.rules.windows import Bounds
from segmentation.sets import answers
from segmentation.tags.kinds.base import Counts

# Seconds. No time zone lies off UTC by anything but whole quarters of an hour, so no quarter is of two days.
QUARTER = 900
DAY = 86_400


def first_or_last(column: str, *, event: str, of: str, which: str, bounds: Bounds, source: Source) -> pa.Table:
    """customer_id and text: the column's value at the customer's first or last event that has one.

    `of` is "events" or "items". Of several at the same instant the first in the alphabet, so that it is always one.
    """
    text = exp.column(column, quoted=True)
    table = ITEMS if of == "items" else EVENTS
    edge = "MIN" if which == "first" else "MAX"
    rows = (
        exp.select("customer_id", "time", exp.alias_(text, "text"))
        .from_(table)
        .where(*_tests(event, bounds), text.is_(exp.null()).not_())
    )
    edges = exp.select("customer_id", f"{edge}(time) AS edge").from_("rows").group_by("customer_id")
    query = (
        exp.select("rows.customer_id AS customer_id", "MIN(rows.text) AS text")
        .from_("rows")
        .join("edges", on="rows.customer_id = edges.customer_id AND rows.time = edges.edge")
        .group_by("rows.customer_id")
        .with_("rows", as_=rows)
        .with_("edges", as_=edges)
    )
    return answers.engine().query(query, source)


def periods(event: str, unit: str, *, bounds: Bounds, timezone: str, source: Source) -> Counts:
    """In how many different days, weeks (from Monday) or months of the zone each customer had the event."""
    quarter = f"CAST(FLOOR(EPOCH(time) / {QUARTER}) AS BIGINT)"
    query = exp.select("customer_id", f"{quarter} AS quarter").from_(EVENTS).where(*_tests(event, bounds)).distinct()
    table = answers.engine().query(query, source)
    ids = _numpy(table.column("customer_id")).astype(np.uint32)
    if not len(ids):
        return Counts(ids, np.zeros(0, np.int64))
    days = _local_days(_numpy(table.column("quarter")).astype(np.int64) * QUARTER, ZoneInfo(timezone))
    seen = np.unique(np.stack([ids.astype(np.int64), _period(days, unit)]), axis=1)
    customers, counts = np.unique(seen[0], return_counts=True)
    return Counts(customers.astype(np.uint32), counts.astype(np.int64))


def _tests(event: str, bounds: Bounds) -> list[exp.Expression]:
    tests: list[exp.Expression] = [exp.column("event").eq(exp.Literal.string(event))]
    for test, instant in ((exp.GTE, bounds.first), (exp.LT, bounds.stop)):
        if instant is not None:
            moment = exp.cast(exp.Literal.string(instant.isoformat()), exp.DataType.Type.TIMESTAMPTZ)
            tests.append(test(this=exp.column("time"), expression=moment))
    return tests


def _local_days(seconds: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """The number of the local day since 1970, of seconds since 1970 in UTC; daylight saving time included."""
    first, last = (datetime.fromtimestamp(int(edge), UTC) for edge in (seconds.min(), seconds.max()))
    changes = offsets(zone, first.date(), last.date())
    since = np.array([int(instant.timestamp()) for instant, _offset in changes])
    shift = np.array([int(offset.total_seconds()) for _instant, offset in changes])
    place = np.maximum(np.searchsorted(since, seconds, side="right") - 1, 0)
    return (seconds + shift[place]) // DAY


def _period(days: NDArray[np.int64], unit: str) -> NDArray[np.int64]:
    if unit == "weeks":
        return (days + 3) // 7  # 1 January 1970 was a Thursday
    if unit == "months":
        return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return days


def _numpy(column: pa.ChunkedArray) -> NDArray[Any]:
    return column.to_numpy(zero_copy_only=False)
