"""Did one thing more often than another, or than before."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import doings
from segmentation.rules.days import Moment
from segmentation.rules.doings import Doing
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import Comparison, Leaf
from segmentation.rules.predicates.base import Memberships
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.shapes import ShapePredicate, window_in
from segmentation.rules.vocabulary import Search, Vocabulary
from segmentation.rules.window_documents import window_schema, write_window
from segmentation.rules.windows import Window, resolve

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


@dataclass(frozen=True, slots=True)
class MoreOftenLeaf(Leaf):
    """More occurrences of the one in its window than of the other in the other's."""

    doing: Doing
    window: Window
    other: Doing
    other_window: Window


class MoreOften(ShapePredicate):
    """{"more_often": {"event": "Order Completed"}, "window": {"calendar": "this_month"},
    "than": {"event": "Order Completed", "window": {"calendar": "last_month"}}}

    What is compared has the same window unless it names its own.
    """

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> MoreOftenLeaf | None:
        doing, known = self._read(reading, document, path, ("than", "window"))
        window = window_in(reading, document, path)
        than = f"{path}.than"
        other = doings.read_doing(reading, document["than"], than, allowed=("window",)) if "than" in document else None
        if not known or doing is None or window is None or other is None:
            return None
        if doing.kind != other[0].kind:
            reading.problem(than, "mixed_kinds")
        other_window = window_in(reading, other[2], than) if "window" in other[2] else window
        return MoreOftenLeaf(self.key, doing, window, other[0], other_window) if other_window else None

    def write(self, leaf: MoreOftenLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        other = doings.write_doing(leaf.other, timezone)
        return {
            self.key: doings.write_doing(leaf.doing, timezone),
            "window": write_window(leaf.window, timezone),
            "than": {**other, "window": write_window(leaf.other_window, timezone)},
        }

    def holds(self, leaf: MoreOftenLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        one, other = (
            doings.done(doing, person, moment, resolve(window, moment.as_of, moment.timezone))
            for doing, window in ((leaf.doing, leaf.window), (leaf.other, leaf.other_window))
        )
        return len(one) > len(other)

    def evidence(self, leaf: MoreOftenLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        bounds = tuple(resolve(one, moment.as_of, moment.timezone) for one in (leaf.window, leaf.other_window))
        one = doings.done(leaf.doing, person, moment, bounds[0])
        other = doings.done(leaf.other, person, moment, bounds[1])
        return Evidence(len(one), (*one, *other), bounds, Comparison("more_than", float(len(other))))

    def question(self, leaf: MoreOftenLeaf, v: Vocabulary, moment: Moment) -> Search:
        v = v.on(leaf.doing.table)
        pairs = ((leaf.doing, leaf.window), (leaf.other, leaf.other_window))
        bounds = [resolve(window, moment.as_of, moment.timezone) for _, window in pairs]
        tests = [
            v.both([doings.test(doing, v, moment), v.happened(within)])
            for (doing, _), within in zip(pairs, bounds, strict=True)
        ]
        counts = [v.count_of(v.only(v.whole(1), test)) for test in tests]
        event = leaf.doing.event if leaf.doing.event == leaf.other.event else None
        return Search(
            leaf.doing.table,
            where=v.either(tests),
            having=v.more_than(*counts),
            event=event,
            bounds=bounds[0].joined(bounds[1]),
        )

    def words(self, leaf: MoreOftenLeaf, telling: "Telling") -> str:
        event, window = doings.told(leaf.doing, telling), telling.window(leaf.window)
        other = doings.told(leaf.other, telling)
        if leaf.window == leaf.other_window:
            return telling.phrase("more_often", event=event, other=other, window=window)
        then = telling.window(leaf.other_window)
        return telling.phrase("more_often_than_then", event=event, other=other, window=window, then=then)

    def schema(self) -> dict[str, Any]:
        than = doings.doing_schema({"window": window_schema()})
        parts = {self.key: doings.doing_schema(), "window": window_schema(), "than": than}
        return self._schema(parts, ["window", "than"])
