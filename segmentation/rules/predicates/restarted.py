"""Did something again after a long pause."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import doings
from segmentation.rules.days import Moment, local_day
from segmentation.rules.doings import Doing
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import Comparison, Leaf
from segmentation.rules.predicates.base import Memberships
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.shapes import ShapePredicate, window_in
from segmentation.rules.vocabulary import Gap, Vocabulary
from segmentation.rules.window_documents import window_schema, write_window
from segmentation.rules.windows import LONGEST_DAYS, Bounds, Window, resolve

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


@dataclass(frozen=True, slots=True)
class RestartedLeaf(Leaf):
    """Of two occurrences with none in between, the later lies in the window, so many days after the earlier."""

    doing: Doing
    days: int
    window: Window


class Restarted(ShapePredicate):
    """{"restarted": {"event": "Order Completed"}, "after_days": 90, "window": {"recent_days": 30}}"""

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> RestartedLeaf | None:
        doing, known = self._read(reading, document, path, ("after_days", "window"))
        days = window = None
        if "after_days" in document:
            days = reading.whole(document["after_days"], f"{path}.after_days", 1, LONGEST_DAYS)
        window = window_in(reading, document, path)
        return RestartedLeaf(self.key, doing, days, window) if known and doing and days and window else None

    def write(self, leaf: RestartedLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        doing = doings.write_doing(leaf.doing, timezone)
        return {self.key: doing, "after_days": leaf.days, "window": write_window(leaf.window, timezone)}

    def holds(self, leaf: RestartedLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        rows = doings.done(leaf.doing, person, moment, Bounds(None, bounds.stop))
        return any(
            later.time in bounds
            and (local_day(later.time, moment.timezone) - local_day(earlier.time, moment.timezone)).days >= leaf.days
            for earlier, later in pairwise(rows)
        )

    def evidence(self, leaf: RestartedLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        rows = doings.done(leaf.doing, person, moment, Bounds(None, bounds.stop))
        days = [local_day(row.time, moment.timezone) for row in rows]
        pauses = [(days[n] - days[n - 1]).days for n in range(1, len(rows)) if rows[n].time in bounds]
        return Evidence(max(pauses, default=None), tuple(rows), (bounds,), Comparison("at_least", float(leaf.days)))

    def question(self, leaf: RestartedLeaf, v: Vocabulary, moment: Moment) -> Gap:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        v = v.on(leaf.doing.table)
        until = Bounds(None, bounds.stop)
        return Gap(
            table=leaf.doing.table,
            where=doings.test(leaf.doing, v, moment),
            day=v.local_day(until, moment),
            days=leaf.days,
            bounds=until,
            ends_in=bounds,
        )

    def words(self, leaf: RestartedLeaf, telling: "Telling") -> str:
        event, window = doings.told(leaf.doing, telling), telling.window(leaf.window)
        return telling.phrase("restarted", event=event, days=leaf.days, window=window)

    def schema(self) -> dict[str, Any]:
        days = {"type": "integer", "minimum": 1, "maximum": LONGEST_DAYS}
        parts = {self.key: doings.doing_schema(), "after_days": days, "window": window_schema()}
        return self._schema(parts, ["after_days", "window"])
