"""The conditions that are measured, one of each shape, each with the SQL that one would write by hand for it.

The SQL is for DuckDB, PostgreSQL and ClickHouse alike, but for `{day}`: the day, in Shanghai, of a row's time.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.made_lake import AS_OF, CATALOG, ORDER, VIEW
from segmentation.rules.nodes import Rule
from segmentation.rules.parse import parse

ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = AS_OF.replace(hour=0)


@dataclass(frozen=True)
class Leaf:
    """A condition and the SELECT that finds the same customers, or with `complement` all others."""

    name: str
    condition: dict[str, Any]
    sql: str
    complement: bool = False

    @property
    def rule(self) -> Rule:
        return rule(self.condition)


def rule(condition: dict[str, Any]) -> Rule:
    """The condition as a rule."""
    return parse({"version": 1, "timezone": str(ZONE), "rule": condition}, CATALOG)


def did(event: str, days: int, measure: dict[str, Any], op: str, value: float, **where: Any) -> dict[str, Any]:
    """A condition on an event of the past days: `did(ORDER, 30, {"count": True}, "at_least", 3)`."""
    return _behaviour("event", event, days, measure, op, value, where)


def bought(days: int, measure: dict[str, Any], op: str, value: float, **where: Any) -> dict[str, Any]:
    """The same on items of orders."""
    return _behaviour("items_of", ORDER, days, measure, op, value, where)


def _behaviour(
    kind: str, event: str, days: int, measure: dict[str, Any], op: str, value: float, where: dict[str, Any]
) -> dict[str, Any]:
    window: dict[str, Any] = {"past_days": days} if days else {"all_time": True}
    leaf = {kind: event, "measure": measure, "op": op, "value": value, "window": window}
    tests = [{"property": name, "op": test, "value": operand} for name, (test, operand) in where.items()]
    return {**leaf, "where": {"all": tests}} if tests else leaf


def past(event: str, days: int) -> str:
    """The event and the window as SQL."""
    since = f" AND time >= '{MIDNIGHT - timedelta(days=days):%Y-%m-%d %H:%M:%S+08}'" if days else ""
    until = f"'{MIDNIGHT:%Y-%m-%d %H:%M:%S+08}'" if days else f"'{AS_OF:%Y-%m-%d %H:%M:%S+08}'"
    return f"event = '{event}'{since} AND time < {until}"


def select(table: str, event: str, days: int, having: str, where: str = "") -> str:
    tests = f" AND {where}" if where else ""
    return f"SELECT customer_id FROM {table} WHERE {past(event, days)}{tests} GROUP BY customer_id HAVING {having}"


COUNT = {"count": True}
# Limits of sums lie between two cents: sums by hand are of floats, and may miss a round one that exact sums meet.
LEAVES = [
    Leaf(
        "3 orders of more than 50 in 90 days",
        did(ORDER, 90, COUNT, "at_least", 3, total=("more_than", 50)),
        select("events", ORDER, 90, "count(*) >= 3", "p_total > 50"),
    ),
    Leaf(
        "500 spent in 180 days",
        did(ORDER, 180, {"sum": "total"}, "at_least", 500.005),
        select("events", ORDER, 180, "sum(p_total) >= 500.005"),
    ),
    Leaf(
        "average order of 60 in a year",
        did(ORDER, 365, {"average": "total"}, "at_least", 60.0001),
        select("events", ORDER, 365, "avg(p_total) >= 60.0001"),
    ),
    Leaf(
        "an order of 300, ever",
        did(ORDER, 0, {"maximum": "total"}, "at_least", 300),
        select("events", ORDER, 0, "max(p_total) >= 300"),
    ),
    Leaf(
        "no order in 30 days",
        did(ORDER, 30, COUNT, "is", 0),
        f"SELECT DISTINCT customer_id FROM events WHERE {past(ORDER, 30)}",
        complement=True,
    ),
    Leaf("20 views in a year", did(VIEW, 365, COUNT, "at_least", 20), select("events", VIEW, 365, "count(*) >= 20")),
    Leaf(
        "5 views in web or app in 30 days",
        did(VIEW, 30, COUNT, "at_least", 5, channel=("one_of", ["web", "app"])),
        select("events", VIEW, 30, "count(*) >= 5", "p_channel IN ('web', 'app')"),
    ),
    Leaf(
        "views on 10 days of 180",
        did(VIEW, 180, {"active_days": True}, "at_least", 10),
        select("events", VIEW, 180, "count(DISTINCT {day}) >= 10"),
    ),
    Leaf(
        "10 items of a category in 90 days",
        bought(90, COUNT, "at_least", 10, category=("is", "GROCERY")),
        select("items", ORDER, 90, "count(*) >= 10", "category = 'GROCERY'"),
    ),
    Leaf(
        "100 spent on a category in a year",
        bought(365, {"sum": "amount"}, "at_least", 100.005, category=("is", "category 3")),
        select("items", ORDER, 365, "sum(p_amount) >= 100.005", "category = 'category 3'"),
    ),
    Leaf(
        "15 different products of GROCERY in a year",
        bought(365, {"distinct": "sku"}, "at_least", 15, category=("is", "GROCERY")),
        select("items", ORDER, 365, "count(DISTINCT sku) >= 15", "category = 'GROCERY'"),
    ),
    Leaf(
        "3 orders with something organic in 180 days",
        bought(180, {"events": True}, "at_least", 3, name=("starts_with", "organic")),
        select("items", ORDER, 180, "count(DISTINCT event_id) >= 3", "name LIKE 'organic%'"),
    ),
    Leaf(
        "monetary of 2,000",
        {"feature": "monetary", "op": "at_least", "value": 2000},
        "SELECT customer_id FROM features WHERE monetary >= 2000",
    ),
    Leaf(
        "40 years and over",
        {"trait": "age", "op": "at_least", "value": 40},
        "SELECT customer_id FROM customers WHERE t_age >= 40",
    ),
]
