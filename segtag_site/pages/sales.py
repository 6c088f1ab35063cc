"""Orders and revenue week by week, read from the lake."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from sqlglot import column, exp, select

from customers.models import Property
from segmentation import engines
from segmentation.lake.versions import current_source

ORDER = "Order Completed"
WEEK = timedelta(days=7)
WEEKS = 26


@dataclass(frozen=True)
class Sales:
    """What was sold in one stretch of time."""

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
        return {
            name: _change(getattr(self.now, name), getattr(self.before, name))
            for name in ("orders", "revenue", "buyers")
        }


def sales_report(as_of: datetime) -> SalesReport:
    """Sales of the 26 weeks up to `as_of`. Raises SegmentationError before the first sync of the lake."""
    customers, ages, totals = _orders(as_of)

    def sold(first: int, weeks: int) -> Sales:
        """The stretch of `weeks` that ends `first` weeks before `as_of`."""
        inside = (ages >= first * WEEK.total_seconds()) & (ages < (first + weeks) * WEEK.total_seconds())
        revenue = float(totals[inside].sum())
        return Sales(as_of - first * WEEK, int(inside.sum()), revenue, len(np.unique(customers[inside])))

    return SalesReport([sold(week, 1) for week in reversed(range(WEEKS))], now=sold(0, 4), before=sold(4, 4))


def _orders(as_of: datetime) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer, seconds before `as_of` and amount of each order of the time that is looked at."""
    total = Property.objects.filter(event_type__name=ORDER, scope=Property.Scope.EVENT, name="total").first()
    wanted = (
        select("customer_id", "time")
        .select((column(total.column) if total else exp.Literal.number(0)).as_("total"))
        .from_("events")
        .where(column("event").eq(ORDER))
        .where(column("time") > _instant(as_of - WEEKS * WEEK))
        .where(column("time") <= _instant(as_of))
    )
    found = engines.load(settings.ENGINE).query(wanted, current_source())
    times = found["time"].to_numpy().astype("datetime64[us]")
    ages = (np.datetime64(int(as_of.timestamp() * 1e6), "us") - times) / np.timedelta64(1, "s")
    return found["customer_id"].to_numpy(), ages, np.nan_to_num(found["total"].to_numpy().astype(float))


def _instant(moment: datetime) -> exp.Expression:
    return exp.cast(exp.Literal.string(moment.isoformat()), "timestamptz")


def _change(now: float, before: float) -> float | None:
    return now / before - 1 if before else None
