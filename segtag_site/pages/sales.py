"""Orders and revenue week by week, read from the lake."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from sqlglot import column, exp, select

from customers.models import Property
from segmentation.lake.tables import EVENTS
from segmentation.lake.versions import current_source
from segmentation.sets.answers import engine

ORDER = "Order Completed"
WEEK = timedelta(days=7)
WEEKS = 26


@dataclass(frozen=True)
class Sales:
    """What was sold from `begins` until just before `ends`."""

    begins: datetime
    ends: datetime
    orders: int
    revenue: float
    buyers: int


@dataclass(frozen=True)
class SalesReport:
    """`weeks`, oldest first, ending at `as_of`; `now` and `before` are the last four and the four before those."""

    weeks: list[Sales]
    now: Sales
    before: Sales

    @property
    def changes(self) -> dict[str, float | None]:
        """By what share each figure of the last four weeks differs from the four before."""
        figures = ("orders", "revenue", "buyers")
        return {name: _change(getattr(self.now, name), getattr(self.before, name)) for name in figures}


def sales_report(as_of: datetime) -> SalesReport:
    """Sales of the 26 weeks up to `as_of`. Raises SegmentationError before the first sync of the lake."""
    found = _orders(as_of - WEEKS * WEEK, as_of)
    customers = found["customer_id"].to_numpy()
    totals = np.nan_to_num(found["total"].to_numpy().astype(float))
    times = found["time"].to_numpy().astype("datetime64[us]")

    def sold(first: int, weeks: int) -> Sales:
        """The stretch of `weeks` that ends `first` weeks before `as_of`."""
        ends = as_of - first * WEEK
        begins = ends - weeks * WEEK
        inside = (times >= _plain(begins)) & (times < _plain(ends))
        buyers = len(np.unique(customers[inside]))
        return Sales(begins, ends, int(inside.sum()), float(totals[inside].sum()), buyers)

    return SalesReport([sold(week, 1) for week in reversed(range(WEEKS))], now=sold(0, 4), before=sold(4, 4))


def bought_between(begins: datetime, ends: datetime) -> dict[str, Any]:
    """The condition of a rule: at least one order from `begins` until just before `ends`."""
    window = {"between": [begins.isoformat(), ends.isoformat()]}
    return {"event": ORDER, "measure": {"count": True}, "op": "at_least", "value": 1, "window": window}


def _orders(begins: datetime, ends: datetime) -> pa.Table:
    """Customer, time and amount of each order."""
    total = Property.objects.filter(event_type__name=ORDER, scope=Property.Scope.EVENT, name="total").first()
    wanted = (
        select("customer_id", "time", (column(total.column) if total else exp.Literal.number(0)).as_("total"))
        .from_(EVENTS)
        .where(column("event").eq(ORDER), column("time") >= _instant(begins), column("time") < _instant(ends))
    )
    return engine().query(wanted, current_source())


def _instant(moment: datetime) -> exp.Expression:
    return exp.cast(exp.Literal.string(moment.astimezone(UTC).isoformat()), exp.DataType.Type.TIMESTAMPTZ)


def _plain(moment: datetime) -> np.datetime64:
    """The moment in UTC as numpy has it."""
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def _change(now: float, before: float) -> float | None:
    return now / before - 1 if before else None
