"""Ranks among the highest by a measure of what was done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import doings, measuring
from segmentation.rules.behaviour import measure
from segmentation.rules.days import Moment
from segmentation.rules.doings import Doing
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import Leaf, Measured
from segmentation.rules.numbers import UNIT, millionths
from segmentation.rules.predicates.base import Memberships
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.shapes import ShapePredicate, window_in
from segmentation.rules.vocabulary import Ranking, Reference, Vocabulary
from segmentation.rules.window_documents import window_schema, write_window
from segmentation.rules.windows import Window, resolve

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


MOST = 100_000_000
COUNT, PERCENT = "count", "percent"


@dataclass(frozen=True, slots=True)
class TopLeaf(Leaf):
    """The first so many, or so many percent, of the customers who have a measurement at all."""

    limit: float
    is_percent: bool
    doing: Doing
    measured: Measured
    window: Window


class Top(ShapePredicate):
    """{"top": {"percent": 10}, "by": {"event": "Order Completed", "measure": {"sum": "total"}}, "window": …}

    Ranked among all customers, whatever the rule's base. Who is equal to the last one in is in as well.
    """

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> TopLeaf | None:
        known = reading.keys(document, path, (self.key, "by", "window"))
        limit = _read_limit(reading, document[self.key], f"{path}.{self.key}")
        window = window_in(reading, document, path)
        by = f"{path}.by"
        found = doings.read_doing(reading, document["by"], by, needed=("measure",)) if "by" in document else None
        if not known or limit is None or window is None or found is None:
            return None
        doing, event, raw = found
        measured = measuring.read_measured(reading, raw["measure"], f"{by}.measure", doing, event)
        return TopLeaf(self.key, *limit, doing, measured, window) if measured else None

    def write(self, leaf: TopLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        limit = int(leaf.limit) if leaf.limit.is_integer() else leaf.limit
        measured = measuring.write_measured(leaf.measured)
        return {
            self.key: {PERCENT if leaf.is_percent else COUNT: limit},
            "by": {**doings.write_doing(leaf.doing, timezone), "measure": measured},
            "window": write_window(leaf.window, timezone),
        }

    def together(self, leaf: TopLeaf, people: Iterable[Person], moment: Moment) -> set[int]:
        """The meaning: who is in, of all customers."""
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        ranks = {}
        for person in people:
            rows = doings.done(leaf.doing, person, moment, bounds)
            found = measuring.measurement(leaf.measured, rows, moment) if rows else None
            if found is not None:
                ranks[person.id] = measure(leaf.measured.kind).rank(found)
        in_order = sorted(ranks.values(), reverse=True)
        return {id for id, value in ranks.items() if self._is_in(leaf, in_order.index(value) + 1, len(ranks))}

    def _is_in(self, leaf: TopLeaf, rank: int, of: int) -> bool:
        if not leaf.is_percent:
            return rank <= leaf.limit
        return (rank - 1) * 100 * UNIT < of * millionths(leaf.limit)

    def reference(self, leaf: TopLeaf) -> Reference:
        """The name under which memberships hold who is in."""
        return (self.key, repr(leaf), "")

    def holds(self, leaf: TopLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        return person.id in memberships[self.reference(leaf)]

    def evidence(self, leaf: TopLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        rows = doings.done(leaf.doing, person, moment, bounds)
        return Evidence(measuring.measurement(leaf.measured, rows, moment) if rows else None, tuple(rows), (bounds,))

    def question(self, leaf: TopLeaf, v: Vocabulary, moment: Moment) -> Ranking:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        v = v.on(leaf.doing.table)
        order = measuring.expression(leaf.measured, v, bounds, moment)
        search = doings.search(leaf.doing, v, moment, bounds, v.is_present(order))
        if leaf.is_percent:
            return Ranking(search, order, millionths=millionths(leaf.limit))
        return Ranking(search, order, most=int(leaf.limit))

    def words(self, leaf: TopLeaf, telling: "Telling") -> str:
        key = "top_percent" if leaf.is_percent else "top_count"
        limit = telling.value(leaf.limit) if leaf.is_percent else int(leaf.limit)
        number = telling.measured(leaf.measured, leaf.doing.kind, doings.told(leaf.doing, telling))
        return telling.phrase(key, limit=limit, measure=number, window=telling.window(leaf.window))

    def schema(self) -> dict[str, Any]:
        limits = {
            COUNT: {"type": "integer", "minimum": 1, "maximum": MOST},
            PERCENT: {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
        }
        top = {"type": "object", "properties": limits, "minProperties": 1, "maxProperties": 1}
        by = doings.doing_schema({"measure": measuring.schema()}, ["measure"])
        parts = {self.key: {**top, "additionalProperties": False}, "by": by, "window": window_schema()}
        return self._schema(parts, ["by", "window"])


def _read_limit(reading: Reading, raw: object, path: str) -> tuple[float, bool] | None:
    if (document := reading.mapping(raw, path)) is None:
        return None
    if len(document) != 1 or not document.keys() <= {COUNT, PERCENT}:
        reading.problem(path, "no_condition", choices=[COUNT, PERCENT])
        return None
    [(key, value)] = document.items()
    if key == COUNT:
        count = reading.whole(value, f"{path}.{key}", 1, MOST)
        return None if count is None else (float(count), False)
    return read_percent(reading, value, f"{path}.{key}")


def read_percent(reading: Reading, raw: object, path: str) -> tuple[float, bool] | None:
    """More than nothing, at most all, to the millionth."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 1 / UNIT <= raw <= 100:
        reading.problem(path, "not_a_percentage")
        return None
    return float(raw), True
