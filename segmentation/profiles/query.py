"""One SELECT for many features: each relation is aggregated once, whatever the number of its features."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby

from sqlglot import exp

from segmentation.lake.tables import CUSTOMERS
from segmentation.profiles.features.base import Feature
from segmentation.profiles.relations import MADE_FROM, Columns, relation

CUSTOMER = "customer_id"


def feature_query(features: Mapping[str, Feature], *, as_of: datetime, orders: Columns, lines: Columns) -> exp.Query:
    """A row per customer, in order of id, with a column per feature. `orders` and `lines`: see `relations`."""
    by_relation = groupby(sorted(features.items(), key=_relation), key=_relation)
    groups = {name: dict(members) for name, members in by_relation}
    columns = {"orders": orders, "lines": lines}
    query = exp.select(exp.column(CUSTOMER, table=CUSTOMERS)).from_(CUSTOMERS)
    for name in _needed(groups):
        query = query.with_(name, as_=relation(name, as_of=as_of, columns=columns.get(name, {})))
    for name, members in groups.items():
        answers = f"{name}_features"
        query = query.with_(answers, as_=_aggregated(name, members))
        query = query.join(answers, using=[CUSTOMER], join_type="left")
        query = query.select(*(_answer(answers, key, feature) for key, feature in members.items()))
    return query.order_by(exp.column(CUSTOMER, table=CUSTOMERS))


def _relation(item: tuple[str, Feature]) -> str:
    return item[1].relation


def _needed(relations: Mapping[str, object]) -> list[str]:
    """These relations and what they are made from, each after what it is made from."""
    sources = {MADE_FROM[name] for name in relations if name in MADE_FROM}
    return sorted(sources | relations.keys(), key=lambda name: (name in MADE_FROM, name))


def _aggregated(name: str, features: Mapping[str, Feature]) -> exp.Query:
    columns = [exp.alias_(feature.expression.copy(), key, quoted=True) for key, feature in features.items()]
    return exp.select(exp.column(CUSTOMER), *columns).from_(name).group_by(exp.column(CUSTOMER))


def _answer(table: str, key: str, feature: Feature) -> exp.Expr:
    value: exp.Expr = exp.column(key, table=table, quoted=True)
    if feature.without_orders is not None:
        value = exp.Coalesce(this=value, expressions=[exp.Literal.number(feature.without_orders)])
    type = exp.DataType.Type.DOUBLE if feature.type == "number" else exp.DataType.Type.VARCHAR
    return exp.alias_(exp.cast(value, type), key, quoted=True)
