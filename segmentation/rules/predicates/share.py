"""How large a part of what was done fits: the share of orders with a coupon among all orders."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentation.rules import comparison, doings, measuring
from segmentation.rules.catalog import NUMBER
from segmentation.rules.days import Moment
from segmentation.rules.doings import Doing
from segmentation.rules.evidence import Evidence
from segmentation.rules.nodes import Comparison, Leaf, Measured
from segmentation.rules.numbers import UNIT, compared, millionths
from segmentation.rules.predicates.base import Memberships
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.schema_parts import comparison_schema
from segmentation.rules.shapes import ShapePredicate, window_in
from segmentation.rules.vocabulary import Expr, Search, Vocabulary
from segmentation.rules.window_documents import window_schema, write_window
from segmentation.rules.windows import Window, resolve

if TYPE_CHECKING:
    from segmentation.rules.describe import Telling


MEASURES = ("count", "sum")
COUNT = {"count": True}


@dataclass(frozen=True, slots=True)
class ShareLeaf(Leaf):
    """The measure of the one as a percentage of the measure of the other; missing unless that is more than 0."""

    part: Doing
    among: Doing
    measured: Measured
    part_measured: Measured
    comparison: Comparison
    window: Window


class Share(ShapePredicate):
    """{"share": {"event": "Order Completed", "where": …}, "among": {"event": "Order Completed"},
    "measure": {"sum": "total"}, "op": "at_least", "value": 50, "window": …}

    Counts, if there is no measure. In percent; more than 100 if the one is no part of the other.
    """

    def read(self, reading: Reading, document: dict[str, Any], path: str) -> ShareLeaf | None:
        doing, known = self._read(reading, document, path, ("among", "window"), ("measure", *comparison.KEYS))
        window = window_in(reading, document, path)
        among = f"{path}.among"
        whole = doings.read_doing(reading, document["among"], among) if "among" in document else None
        judged = comparison.read_comparison(reading, document, path, type=NUMBER, name=self.key)
        if not known or doing is None or window is None or whole is None or judged is None:
            return None
        if doing.kind != whole[0].kind:
            reading.problem(among, "mixed_kinds")
            return None
        raw, place = document.get("measure", COUNT), f"{path}.measure"
        measured = measuring.read_measured(reading, raw, place, whole[0], whole[1], MEASURES)
        event = reading.catalog.events[doing.event]
        part = measured and measuring.read_measured(reading, raw, place, doing, event, MEASURES)
        return ShareLeaf(self.key, doing, whole[0], measured, part, judged, window) if measured and part else None

    def write(self, leaf: ShareLeaf, timezone: ZoneInfo) -> dict[str, Any]:
        return {
            self.key: doings.write_doing(leaf.part, timezone),
            "among": doings.write_doing(leaf.among, timezone),
            "measure": measuring.write_measured(leaf.measured),
            **comparison.write_comparison(leaf.comparison, timezone),
            "window": write_window(leaf.window, timezone),
        }

    def measurement(self, leaf: ShareLeaf, person: Person, moment: Moment) -> Fraction | None:
        """The percentage; missing if the whole is not more than 0."""
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        part, among = (
            measuring.measurement(measured, doings.done(doing, person, moment, bounds), moment)
            for doing, measured in ((leaf.part, leaf.part_measured), (leaf.among, leaf.measured))
        )
        return Fraction(part) * 100 / Fraction(among) if among > 0 else None

    def holds(self, leaf: ShareLeaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
        return comparison.judge(leaf.comparison, self.measurement(leaf, person, moment), NUMBER, moment, compared)

    def evidence(self, leaf: ShareLeaf, person: Person, moment: Moment, memberships: Memberships) -> Evidence:
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        rows = doings.done(leaf.among, person, moment, bounds)
        return Evidence(self.measurement(leaf, person, moment), tuple(rows), (bounds,), leaf.comparison)

    def question(self, leaf: ShareLeaf, v: Vocabulary, moment: Moment) -> Search:
        """Customers without any row have no share, so those may be the rest of the others."""
        v = v.on(leaf.part.table)
        tests = [doings.test(leaf.part, v, moment), doings.test(leaf.among, v, moment)]
        part, among = (
            _amount(measured, v, test)
            for measured, test in zip((leaf.part_measured, leaf.measured), tests, strict=True)
        )
        rest = comparison.holds_for_missing(leaf.comparison)
        # part / among × 100 ≥ limit, without a division: part × 100 ≥ limit × among.
        having = comparison.expression(
            v,
            leaf.comparison,
            v.times(part, v.whole(100 * UNIT)),
            NUMBER,
            moment,
            literal=lambda one: v.times(v.whole(millionths(one)), among),  # type: ignore[arg-type]  # a number
            present=v.more_than(among, v.whole(0)),
        )
        event = leaf.part.event if leaf.part.event == leaf.among.event else None
        bounds = resolve(leaf.window, moment.as_of, moment.timezone)
        having = v.negated(having) if rest else having
        return Search(
            leaf.part.table, where=v.either(tests), having=having, event=event, bounds=bounds, complement=rest
        )

    def words(self, leaf: ShareLeaf, telling: "Telling") -> str:
        part, among = (
            telling.measured(measured, doing.kind, doings.told(doing, telling))
            for doing, measured in ((leaf.part, leaf.part_measured), (leaf.among, leaf.measured))
        )
        judged = comparison.words(leaf.comparison, NUMBER, telling)
        share = telling.phrase("share", part=part, among=among)
        return telling.phrase("measured", measure=share, judged=judged, window=telling.window(leaf.window))

    def schema(self) -> dict[str, Any]:
        parts = {
            self.key: doings.doing_schema(),
            "among": doings.doing_schema(),
            "measure": measuring.schema(MEASURES),
            "window": window_schema(),
        }
        return comparison_schema(parts, needed=[self.key, "among", "window", "op"], fold=False)


def _amount(measured: Measured, v: Vocabulary, test: Expr) -> Expr:
    """The count, or the sum in millionths, of the rows that fit."""
    if measured.field is None:
        return v.count_of(v.only(v.whole(1), test))
    return v.or_zero(v.sum_of_millionths(v.only(measuring.value_of(measured, v), test)))
