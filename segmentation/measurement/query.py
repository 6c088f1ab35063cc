"""One SELECT for all metrics of a window, and of the time before it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlglot import exp

from segmentation.lake.tables import CUSTOMERS
from segmentation.measurement.metrics.base import Metric
from segmentation.profiles.relations import Columns, relation

CUSTOMER = "customer_id"


def metric_query(
    metrics: Mapping[str, Metric], *, start: datetime, end: datetime, orders: Columns, before: bool = False
) -> exp.Query:
    """A row per customer, in order of id, with a column per metric over the orders after `start`, up to `end`.

    `orders`: see `profiles.relations`. With `before`, the orders from `start` on and before `end`: what led up to it.
    """
    window = relation("orders", as_of=end, columns=orders)
    begin = exp.cast(exp.Literal.string(start.astimezone(UTC).isoformat()), exp.DataType.Type.TIMESTAMPTZ)
    finish = exp.cast(exp.Literal.string(end.astimezone(UTC).isoformat()), exp.DataType.Type.TIMESTAMPTZ)
    time = exp.column("time")
    inside = exp.and_(time >= begin, time < finish) if before else time > begin
    columns = [exp.alias_(metric.expression.copy(), key, quoted=True) for key, metric in metrics.items()]
    values = exp.select(CUSTOMER, *columns).from_("orders").where(inside).group_by(CUSTOMER)
    answers = [
        exp.alias_(
            exp.cast(
                exp.func("COALESCE", exp.column(key, table="found", quoted=True), exp.Literal.number(0)), "DOUBLE"
            ),
            key,
            quoted=True,
        )
        for key in metrics
    ]
    query = exp.select(exp.column(CUSTOMER, table=CUSTOMERS), *answers).from_(CUSTOMERS)
    query = query.with_("orders", as_=window).with_("found", as_=values)
    return query.join("found", using=[CUSTOMER], join_type="left").order_by(exp.column(CUSTOMER, table=CUSTOMERS))
