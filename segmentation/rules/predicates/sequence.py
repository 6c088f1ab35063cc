"""Did several things in order, each soon enough after the one before."""

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
from segmentation.rules.spans import Span, read_span, span_schema, told_span
from segmentation.rules.vocabulary import Chain, Occurring, Step, Vocabulary
from segmentation.rules.window_documents import window_schema, write_window
from segmentation.rules.windows import Bounds, Window, resolve

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling

MOST_STEPS = 10


@dataclass(frozen=True, slots=True)
class SequenceStep:
    """One thing done, later than the step before: at most so long after it, with none of the other in between."""

    doing: Doing
    within: Span | None = None
    without: Doing | None = None


@dataclass(frozen=True, slots=True)
class SequenceLeaf(Leaf):
    """All steps lie in the window."""

    steps: tuple[SequenceStep, ...]
    window: Window


class Sequence(ShapePredicate):
    """{"sequence": [{"event": "Product Viewed"}, {"event": "Order Completed", "within": {"days": 7},
    "without": {"event": "Order Refunded"}}], "window": {"recent_days": 30}}

    A later step is later in time: two things at the same instant are no sequence.
    """

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> SequenceLeaf | None:
        known = reading.keys(document, path, (self.key, "window"))
        window = window_in(reading, document, path)
        path = f"{path}.{self.key}"
        raws = reading.sequence(document[self.key], path, empty="too_few_steps", most=MOST_STEPS) or []
        if len(raws) == 1:
            reading.problem(path, "too_few_steps")
        steps = [_read_step(reading, raw, f"{path}[{n}]", first=n == 0) for n, raw in enumerate(raws)]
        whole = tuple(step for step in steps if step is not None)
        return SequenceLeaf(self.key, whole, window) if known and window and len(whole) == len(steps) > 1 else None

    def write(self, leaf: SequenceLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        steps = [_write_step(step, timezone) for step in leaf.steps]
        return {self.key: steps, "window": write_window(leaf.window, timezone)}

    def holds(self, leaf: SequenceLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        return self._reached(leaf, person, moment) == len(leaf.steps)

    def _reached(self, leaf: SequenceLeaf, person: Person, moment: Moment) -> int:
        """How many of the steps, from the first on, can be found in order."""
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        ends = _times(leaf.steps[0].doing, person, moment, bounds)
        for place, step in enumerate(leaf.steps[1:], start=1):
            if not ends:
                return place - 1
            times = _times(step.doing, person, moment, bounds)
            others = _times(step.without, person, moment, bounds)
            ends = {time for time in times if any(_follows(step, end, time, others) for end in ends)}
        return len(leaf.steps) if ends else len(leaf.steps) - 1

    def evidence(self, leaf: SequenceLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        rows = {row.order: row for step in leaf.steps for row in doings.done(step.doing, person, moment, bounds)}
        steps = Comparison("at_least", float(len(leaf.steps)))
        return Evidence(self._reached(leaf, person, moment), tuple(rows[key] for key in sorted(rows)), (bounds,), steps)

    def question(self, leaf: SequenceLeaf, v: Vocabulary, moment: Moment) -> Chain:
        def occurring(doing: Doing) -> Occurring:
            return Occurring(doing.table, doings.test(doing, v, moment))

        steps = tuple(
            Step(
                occurring(step.doing),
                step.within.length if step.within else None,
                occurring(step.without) if step.without else None,
            )
            for step in leaf.steps
        )
        return Chain(steps, resolve(leaf.window, moment.as_of, moment.timezone))

    def words(self, leaf: SequenceLeaf, telling: "Telling") -> str:
        steps = telling.phrase("then").join(_told_step(step, telling) for step in leaf.steps)
        return telling.phrase("sequence", steps=steps, window=telling.window(leaf.window))

    def schema(self) -> dict[str, Any]:
        step = doings.doing_schema({"within": span_schema(), "without": doings.doing_schema()})
        steps = {"prefixItems": [doings.doing_schema()], "items": step, "minItems": 2, "maxItems": MOST_STEPS}
        return self._schema({self.key: {"type": "array", **steps}, "window": window_schema()}, ["window"])


def _follows(step: SequenceStep, end: Any, time: Any, others: set[Any]) -> bool:
    """Whether the step at `time` may come after the one at `end`."""
    soon = step.within is None or time - end <= step.within.length
    return end < time and soon and not any(end < other < time for other in others)


def _times(doing: Doing | None, person: Person, moment: Moment, bounds: Bounds) -> set[Any]:
    return {row.time for row in doings.done(doing, person, moment, bounds)} if doing else set()


def _read_step(reading: Reading, raw: object, path: str, *, first: bool) -> SequenceStep | None:
    found = doings.read_doing(reading, raw, path, allowed=() if first else ("within", "without"))
    if found is None:
        return None
    doing, _, document = found
    within = without = None
    if "within" in document and not first:
        within = read_span(reading, document["within"], f"{path}.within")
    if "without" in document and not first:
        without = doings.read_doing(reading, document["without"], f"{path}.without")
    return SequenceStep(doing, within, without[0] if without else None)


def _write_step(step: SequenceStep, timezone: ZoneInfo) -> dict[str, Any]:
    document = doings.write_doing(step.doing, timezone)
    if step.within is not None:
        document["within"] = {step.within.unit: step.within.count}
    if step.without is not None:
        document["without"] = doings.write_doing(step.without, timezone)
    return document


def _told_step(step: SequenceStep, telling: "Telling") -> str:
    asides = []
    if step.within is not None:
        asides.append(told_span(step.within, telling))
    if step.without is not None:
        asides.append(telling.phrase("without", event=doings.told(step.without, telling)))
    return doings.told(step.doing, telling) + telling.aside(asides)
