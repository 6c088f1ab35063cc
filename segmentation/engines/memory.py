"""The meaning of rules, run customer by customer over the lake's rows. Slow and obvious; other engines must agree."""

from collections import ChainMap, defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
from pyroaring import BitMap

from segmentation.engines.base import Engine, References
from segmentation.lake.tables import CUSTOMERS, EVENTS, FEATURES, ITEMS, Source
from segmentation.rules.days import Moment
from segmentation.rules.evaluate import holds, is_member, ranked
from segmentation.rules.nodes import Base, Rule, leaves
from segmentation.rules.populations import belongs
from segmentation.rules.rows import Occurrence, Person

Row = dict[str, Any]


class Memory(Engine):
    """Holds all customers in memory, as Python objects."""

    def members(self, rule: Rule, *, as_of: datetime, source: Source, references: References) -> BitMap:
        people = _people(source, as_of)
        by_rank = ranked(rule, people, Moment(as_of, ZoneInfo(rule.timezone)))
        known = ChainMap(by_rank, references)  # type: ignore[arg-type]
        return BitMap(p.id for p in people if is_member(rule, p, as_of=as_of, memberships=known))

    def leaf_sets(self, rule: Rule, *, as_of: datetime, source: Source, references: References) -> dict[str, BitMap]:
        moment = Moment(as_of, ZoneInfo(rule.timezone))
        everybody = _people(source, as_of)
        known = ChainMap(ranked(rule, everybody, moment), references)  # type: ignore[arg-type]
        people = [person for person in everybody if belongs(rule.base, person, moment)]
        return {
            path: BitMap(person.id for person in people if holds(leaf, person, moment, known))
            for path, leaf in leaves(rule).items()
        }

    def population(self, base: Base, *, as_of: datetime, timezone: str, source: Source) -> BitMap:
        moment = Moment(as_of, ZoneInfo(timezone))
        return BitMap(person.id for person in _people(source, as_of) if belongs(base, person, moment))


def _people(source: Source, as_of: datetime) -> list[Person]:
    events = _occurrences(_rows(source, EVENTS))
    items = _occurrences(_rows(source, ITEMS))
    features = _newest(_rows(source, FEATURES), as_of)
    return [
        Person(
            id=row["customer_id"],
            identified=bool(row["identified"]),
            reachable=frozenset(row["reachable"] or ()),
            traits=row,
            features=features.get(row["customer_id"], {}),
            events=events[row["customer_id"]],
            items=items[row["customer_id"]],
        )
        for row in _rows(source, CUSTOMERS)
    ]


def _occurrences(rows: Iterable[Row]) -> dict[int, list[Occurrence]]:
    found = defaultdict(list)
    for row in rows:
        found[row["customer_id"]].append(Occurrence(row["event_id"], row["event"], row["time"], row))
    return found


def _newest(rows: list[Row], as_of: datetime) -> dict[int, Row]:
    """The features of the newest base date up to the moment, by customer."""
    newest = max((row["as_of"] for row in rows if row["as_of"] <= as_of), default=None)
    return {row["customer_id"]: row for row in rows if row["as_of"] == newest}


def _rows(source: Source, table: str) -> list[Row]:
    return [row for path in source.tables.get(table, ()) for row in _file(path)]


@lru_cache(maxsize=1000)
def _file(path: str) -> list[Row]:
    return [_values(row) for row in pq.ParquetFile(path).read().to_pylist()]


def _values(row: Row) -> Row:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
