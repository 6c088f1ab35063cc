"""Did something for the first time ever, within a window."""

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
from segmentation.rules.shapes import ShapePredicate, window_in
from segmentation.rules.vocabulary import Search, Vocabulary
from segmentation.rules.window_documents import window_schema, write_window
from segmentation.rules.windows import Bounds, Window, resolve

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


@dataclass(frozen=True, slots=True)
class FirstEverLeaf(Leaf):
    """The first occurrence of all lies in the window."""

    doing: Doing
    window: Window


class FirstEver(ShapePredicate):
    """{"first_ever": {"event": "Order Completed"}, "window": {"recent_days": 30}}"""

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> FirstEverLeaf | None:
        doing, known = self._read(reading, document, path, ("window",))
        window = window_in(reading, document, path)
        return FirstEverLeaf(self.key, doing, window) if known and doing and window else None

    def write(self, leaf: FirstEverLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        doing = doings.write_doing(leaf.doing, timezone)
        return {self.key: doing, "window": write_window(leaf.window, timezone)}

    def holds(self, leaf: FirstEverLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        rows = doings.done(leaf.doing, person, moment, Bounds(None, bounds.stop))
        return bool(rows) and rows[0].time in bounds

    def evidence(self, leaf: FirstEverLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        first = doings.done(leaf.doing, person, moment, Bounds(None, bounds.stop))[:1]
        return Evidence(first[0].time if first else None, tuple(first), (bounds,))

    def question(self, leaf: FirstEverLeaf, v: Vocabulary, moment: Moment) -> Search:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        v = v.on(leaf.doing.table)
        having = None if bounds.first is None else v.at_least(v.smallest(v.time()), v.instant(bounds.first))
        return doings.search(leaf.doing, v, moment, Bounds(None, bounds.stop), having)

    def words(self, leaf: FirstEverLeaf, telling: "Telling") -> str:
        return telling.phrase("first_ever", event=doings.told(leaf.doing, telling), window=telling.window(leaf.window))

    def schema(self) -> dict[str, Any]:
        return self._schema({self.key: doings.doing_schema(), "window": window_schema()}, ["window"])
