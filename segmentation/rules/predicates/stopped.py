"""Did something before, and not any more."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import doings
from segmentation.rules.days import Moment
from segmentation.rules.doings import Doing
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import Leaf
from segmentation.rules.predicates.base import Memberships
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.shapes import ShapePredicate, window_with_start
from segmentation.rules.vocabulary import Search, Vocabulary
from segmentation.rules.window_documents import window_schema, write_window
from segmentation.rules.windows import Bounds, Window, resolve

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


MOST_TIMES = 1_000_000


@dataclass(frozen=True, slots=True)
class StoppedLeaf(Leaf):
    """At least so often before the window, and never in it."""

    doing: Doing
    times: int
    lately: Window


class Stopped(ShapePredicate):
    """{"stopped": {"event": "Order Completed"}, "times": 3, "lately": {"recent_days": 90}}"""

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> StoppedLeaf | None:
        doing, known = self._read(reading, document, path, ("lately",), ("times",))
        times = reading.whole(document.get("times", 1), f"{path}.times", 1, MOST_TIMES)
        lately = window_with_start(reading, document, path, "lately")
        return StoppedLeaf(self.key, doing, times, lately) if known and doing and times and lately else None

    def write(self, leaf: StoppedLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        doing = doings.write_doing(leaf.doing, timezone)
        return {self.key: doing, "times": leaf.times, "lately": write_window(leaf.lately, timezone)}

    def holds(self, leaf: StoppedLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        lately = resolve(leaf.lately, moment.as_of, moment.timezone)
        before = doings.done(leaf.doing, person, moment, Bounds(None, lately.first).until(moment.as_of))
        return len(before) >= leaf.times and not doings.done(leaf.doing, person, moment, lately)

    def evidence(self, leaf: StoppedLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        lately = resolve(leaf.lately, moment.as_of, moment.timezone)
        rows = doings.done(leaf.doing, person, moment, Bounds(None, lately.stop).until(moment.as_of))
        return Evidence(rows[-1].time if rows else None, tuple(rows), (lately,))

    def question(self, leaf: StoppedLeaf, v: Vocabulary, moment: Moment) -> Search:
        lately = resolve(leaf.lately, moment.as_of, moment.timezone)
        v = v.on(leaf.doing.table)
        # A window that is yet to come holds nothing, and nothing counts after the moment.
        until = Bounds(None, max(lately.first, lately.stop)).until(moment.as_of)  # type: ignore[type-var]  # both are set
        before = v.less_than(v.time(), v.instant(lately.first))  # type: ignore[arg-type]
        having = [
            v.at_least(v.count_of(v.only(v.whole(1), before)), v.whole(leaf.times)),
            v.equals(v.count_of(v.only(v.whole(1), v.negated(before))), v.whole(0)),
        ]
        return doings.search(leaf.doing, v, moment, until, v.both(having))

    def words(self, leaf: StoppedLeaf, telling: "Telling") -> str:
        event, window = doings.told(leaf.doing, telling), telling.window(leaf.lately)
        key = "stopped" if leaf.times == 1 else "stopped_often"
        return telling.phrase(key, event=event, times=leaf.times, window=window)

    def schema(self) -> dict[str, Any]:
        times = {"type": "integer", "minimum": 1, "maximum": MOST_TIMES}
        parts = {
            self.key: doings.doing_schema(),
            "times": times,
            "lately": {**window_schema(), "not": {"required": ["all_time"]}},
        }
        return self._schema(parts, ["lately"])
