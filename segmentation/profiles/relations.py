"""What features aggregate: relations over the lake's tables, one row per order, line, category, brand or hour.

`orders`      id, time, days_ago, hour, weekday (1 is Monday), total, discount, coupon_discount, store
`lines`       order_id, sku, category, brand, quantity, amount, discount
`categories`  category, amount (to the cent), lines
`brands`      brand, amount (to the cent), lines
`hours`       hour, orders

Each has the customer_id and knows the past of the base date only. Days are those of the base date's time zone.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlglot import exp, parse_one

from segmentation.profiles.features.base import DIALECT

ORDER = "Order Completed"
# Properties of orders and of their lines that features know, with their types.
ORDER_PROPERTIES = {"total": "number", "discount": "number", "coupon_discount": "number", "store": "text"}
LINE_PROPERTIES = {"quantity": "number", "price": "number", "amount": "number", "discount": "number"}

_TEXTS = {
    "orders": """
        SELECT customer_id, id, time, DATE_DIFF('day', CAST(local AS DATE), :today) AS days_ago,
               HOUR(local) AS hour, ISODOW(local) AS weekday, total, discount, coupon_discount, store
        FROM (
            SELECT customer_id, event_id AS id, time, time AT TIME ZONE :zone AS local, :total AS total,
                   COALESCE(:discount, 0) AS discount, COALESCE(:coupon_discount, 0) AS coupon_discount, :store AS store
            FROM events WHERE event = :order AND time <= :as_of
        )""",
    "lines": """
        SELECT customer_id, event_id AS order_id, sku, category, brand, :quantity AS quantity,
               COALESCE(:amount, :price * :quantity) AS amount, COALESCE(:discount, 0) AS discount
        FROM items WHERE event = :order AND time <= :as_of""",
    "categories": """
        SELECT customer_id, category, ROUND(COALESCE(SUM(amount), 0), 2) AS amount, COUNT(*) AS lines
        FROM lines WHERE NOT category IS NULL GROUP BY customer_id, category""",
    "brands": """
        SELECT customer_id, brand, ROUND(COALESCE(SUM(amount), 0), 2) AS amount, COUNT(*) AS lines
        FROM lines WHERE NOT brand IS NULL GROUP BY customer_id, brand""",
    "hours": "SELECT customer_id, hour, COUNT(*) AS orders FROM orders GROUP BY customer_id, hour",
}
# What each is made from, besides the lake's tables.
MADE_FROM = {"categories": "lines", "brands": "lines", "hours": "orders"}

# The lake column of each property that the lake has.
Columns = Mapping[str, str]


def relation(name: str, *, as_of: datetime, columns: Columns) -> exp.Query:
    """The SELECT behind a relation. `columns` are those of its table; a property without one has no values."""
    types = {"orders": ORDER_PROPERTIES, "lines": LINE_PROPERTIES}.get(name, {})
    properties = {key: _column(columns.get(key), type) for key, type in types.items()}
    query = parse_one(_TEXTS[name], read=DIALECT, into=exp.Select)
    bound = exp.replace_placeholders(query, order=exp.Literal.string(ORDER), **_moment(as_of), **properties)
    assert isinstance(bound, exp.Query)
    return bound


def _column(column: str | None, type: str) -> exp.Expr:
    if column:
        return exp.column(column, quoted=True)
    return exp.cast(exp.Null(), exp.DataType.Type.DOUBLE if type == "number" else exp.DataType.Type.VARCHAR)


def _moment(as_of: datetime) -> dict[str, exp.Expr]:
    if not isinstance(as_of.tzinfo, ZoneInfo):
        raise ValueError("The base date needs a time zone with a name: whose days are to be counted?")
    instant = exp.Literal.string(as_of.astimezone(UTC).isoformat())
    return {
        "as_of": exp.cast(instant, exp.DataType.Type.TIMESTAMPTZ),
        "today": exp.cast(exp.Literal.string(as_of.date().isoformat()), exp.DataType.Type.DATE),
        "zone": exp.Literal.string(as_of.tzinfo.key),
    }
