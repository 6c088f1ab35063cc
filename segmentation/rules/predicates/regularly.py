"""Did something in enough of the last periods."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import doings
from segmentation.rules.days import Moment, local_day
from segmentation.rules.doings import Doing
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import Comparison, Leaf
from segmentation.rules.periods import MOST_PERIODS, Periods, periods_schema, read_periods
from segmentation.rules.predicates.base import Memberships
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.shapes import ShapePredicate
from segmentation.rules.vocabulary import Search, Vocabulary

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


@dataclass(frozen=True, slots=True)
class RegularlyLeaf(Leaf):
    """An occurrence in at least so many of the periods."""

    doing: Doing
    at_least: int
    of: Periods


class Regularly(ShapePredicate):
    """{"regularly": {"event": "Order Completed"}, "at_least": 3, "of": {"past_weeks": 4}}"""

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> RegularlyLeaf | None:
        doing, known = self._read(reading, document, path, ("at_least", "of"))
        of = read_periods(reading, document["of"], f"{path}.of") if "of" in document else None
        if of is None or "at_least" not in document:
            return None
        at_least = reading.whole(document["at_least"], f"{path}.at_least", 1, MOST_PERIODS)
        if at_least is not None and at_least > of.count:
            reading.problem(f"{path}.at_least", "more_than_periods", count=of.count)
        return RegularlyLeaf(self.key, doing, at_least, of) if known and doing and at_least else None

    def write(self, leaf: RegularlyLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        doing = doings.write_doing(leaf.doing, timezone)
        return {self.key: doing, "at_least": leaf.at_least, "of": {leaf.of.kind: leaf.of.count}}

    def holds(self, leaf: RegularlyLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        rows = doings.done(leaf.doing, person, moment, leaf.of.bounds(moment))
        return len({leaf.of.unit.number(local_day(row.time, moment.timezone)) for row in rows}) >= leaf.at_least

    def evidence(self, leaf: RegularlyLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        bounds = leaf.of.bounds(moment)
        rows = doings.done(leaf.doing, person, moment, bounds)
        periods = {leaf.of.unit.number(local_day(row.time, moment.timezone)) for row in rows}
        return Evidence(len(periods), tuple(rows), (bounds,), Comparison("at_least", float(leaf.at_least)))

    def question(self, leaf: RegularlyLeaf, v: Vocabulary, moment: Moment) -> Search:
        bounds = leaf.of.bounds(moment)
        v = v.on(leaf.doing.table)
        period = v.period(leaf.of.kind.partition("_")[2], v.local_day(bounds, moment))
        having = v.at_least(v.count_distinct(period), v.whole(leaf.at_least))
        return doings.search(leaf.doing, v, moment, bounds, having)

    def words(self, leaf: RegularlyLeaf, telling: "Telling") -> str:
        bounds = telling.bounds(leaf.of.bounds(telling.moment))
        periods = telling.phrase(f"periods_{leaf.of.kind}", count=leaf.of.count)
        event = doings.told(leaf.doing, telling)
        return telling.phrase("regularly", event=event, times=leaf.at_least, periods=periods, bounds=bounds)

    def schema(self) -> dict[str, Any]:
        times = {"type": "integer", "minimum": 1, "maximum": MOST_PERIODS}
        parts = {self.key: doings.doing_schema(), "at_least": times, "of": periods_schema()}
        return self._schema(parts, ["at_least", "of"])
