"""What the lake and the sets know of the customers, in the form in which the kinds get it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlglot import exp

from segmentation.engines.base import References
from segmentation.lake.tables import EVENTS, ITEMS, Source
from segmentation.prediction.histories import Histories
from segmentation.profiles.catalog import feature
from segmentation.profiles.selectors import feature_frame
from segmentation.rules.catalog import NUMBER, Catalog, Field, Labels
from segmentation.rules.nodes import Base
from segmentation.rules.origins import reference
from segmentation.rules.windows import Bounds, Window, resolve
from segmentation.sets import answers
from segmentation.tags.event_facts import first_or_last, periods
from segmentation.tags.kinds.base import Counts, FeatureColumn, Frame, Items

ORDER = "Order Completed"


@dataclass(frozen=True)
class Facts:
    """One state of the lake, asked about one moment."""

    source: Source
    as_of: datetime
    catalog: Catalog
    # What tags and segments hold, where not what readers see now: a change that is only tried.
    references: References = field(default_factory=answers.CurrentSets)
    # Of whom nothing is told.
    left_out: BitMap = field(default_factory=BitMap)

    def without(self, customers: BitMap) -> "Facts":
        """The same, as if these customers were not there."""
        return replace(self, left_out=customers)

    @cached_property
    def everybody(self) -> BitMap:
        """All customers there are."""
        zone = self.catalog.timezone
        found = answers.engine().population(Base(), as_of=self.as_of, timezone=zone, source=self.source)
        return found - self.left_out

    def answer(self, document: Mapping[str, Any]) -> BitMap:
        """The customers that a rule means."""
        found = answers.answer(document, as_of=self.as_of, source=self.source, references=self.references)
        return found - self.left_out

    def features(self, keys: Sequence[str]) -> Frame:
        """These features of all customers, as the newest base date up to the moment has them."""
        table = self._told(feature_frame(keys, as_of=self.as_of, source=self.source))
        ids = _numpy(table.column("customer_id")).astype(np.uint32)
        return Frame(ids, {key: _feature_column(key, table.column(key)) for key in keys})

    def items(self, event: str, name: str, past_days: int | None) -> Items:
        """Who bought how many items of which value of a property."""
        bounds = self._bounds(past_days)
        field = self.catalog.events[event].item_properties[name]
        return _items(self._told(answers.engine().query(_counts(event, field.column, bounds), self.source)))

    def ends(self, event: str, name: str, of: str, which: str, past_days: int | None) -> Items:
        """The first or last value of a property that each customer had; everybody is there at most once."""
        known = self.catalog.events[event]
        field = (known.item_properties if of == "items" else known.properties)[name]
        bounds = self._bounds(past_days)
        table = first_or_last(field.column, event=event, of=of, which=which, bounds=bounds, source=self.source)
        table = self._told(table)
        return _items(table.append_column("items", pa.array(np.ones(len(table), np.int64))))

    def periods(self, event: str, unit: str, past_days: int | None) -> Counts:
        """In how many days, weeks or months each customer had the event."""
        zone = self.catalog.timezone
        counts = periods(event, unit, bounds=self._bounds(past_days), timezone=zone, source=self.source)
        told = ~np.isin(counts.ids, self.left_out.to_array())
        return Counts(counts.ids[told], counts.numbers[told])

    def tagged(self, key: str) -> Mapping[str, BitMap]:
        """The customers of a tag's values. Raises NotComputed before its first run."""
        return {value: self.references["tag", key, value] - self.left_out for value in self.catalog.tags[key].values}

    def _told(self, rows: pa.Table) -> pa.Table:
        """Without the rows of those who are left out."""
        if not self.left_out:
            return rows
        ids = rows["customer_id"]
        return rows.filter(pc.invert(pc.is_in(ids, pa.array(self.left_out.to_array(), ids.type))))

    def tagged_from(self, key: str) -> Mapping[str, Mapping[str, BitMap]]:
        """The same by where the customers have the value from."""
        tag = self.catalog.tags[key]
        return {
            origin: {value: self.references[reference(key, value, origin)] for value in tag.values}
            for origin in tag.origins
        }

    def _bounds(self, past_days: int | None) -> Bounds:
        window = Window("past_days", past_days) if past_days else Window("all_time", True)
        return resolve(window, self.as_of, self.catalog.timezone)

    @cached_property
    def histories(self) -> Histories:
        """Everybody's purchases by day of the catalogue's time zone, up to the moment."""
        total = self.catalog.events[ORDER].properties.get("total") if ORDER in self.catalog.events else None
        table = answers.engine().query(_purchases(self.as_of, self.catalog.timezone, total), self.source)
        table = self._told(table)
        ids, days, amounts = (_numpy(table.column(name)) for name in ("customer_id", "day", "amount"))
        return Histories(ids.astype(np.uint32), days.astype(np.int64), amounts.astype(np.float64))


def _purchases(as_of: datetime, zone: str, total: Field | None) -> exp.Select:
    """A row per customer and day with an order; an order without a total counts as nothing spent."""
    local = f"CAST(time AT TIME ZONE '{ZoneInfo(zone).key}' AS DATE)"
    amount = exp.column(total.column, quoted=True) if total else exp.Literal.number(0)
    summed = exp.alias_(exp.func("COALESCE", exp.Sum(this=amount), exp.Literal.number(0)), "amount")
    moment = exp.cast(exp.Literal.string(as_of.isoformat()), exp.DataType.Type.TIMESTAMPTZ)
    return (
        exp.select("customer_id", f"DATE_DIFF('day', DATE '1970-01-01', {local}) AS day", dialect="duckdb")
        .select(summed)
        .from_(EVENTS)
        .where(exp.column("event").eq(exp.Literal.string(ORDER)), exp.LTE(this=exp.column("time"), expression=moment))
        .group_by("customer_id", "day")
        .order_by("customer_id", "day")
    )


def _items(table: pa.Table) -> Items:
    texts = pc.unique(table.column("text")).sort()
    values = pc.index_in(table.column("text"), texts)
    ids, counts = _numpy(table.column("customer_id")), _numpy(table.column("items"))
    return Items(ids.astype(np.uint32), _numpy(values), counts.astype(np.int64), texts.to_pylist())


def _feature_column(key: str, values: pa.ChunkedArray) -> FeatureColumn:
    about = feature(key)
    numbers = _numpy(values)
    if about.type == NUMBER:
        numbers = numbers.astype(np.float64, copy=False)
    return FeatureColumn(key, about.type, about.unit, Labels(about.name_zh, about.name_en), numbers)


def _counts(event: str, column: str, bounds: Bounds) -> exp.Select:
    """How many items each customer bought of each value of a column."""
    text = exp.column(column, quoted=True)
    query = (
        exp.select("customer_id", exp.alias_(text, "text"), "COUNT(*) AS items")
        .from_(ITEMS)
        .where(exp.column("event").eq(exp.Literal.string(event)), text.is_(exp.null()).not_())
    )
    for test, instant in ((exp.GTE, bounds.first), (exp.LT, bounds.stop)):
        if instant is not None:
            moment = exp.cast(exp.Literal.string(instant.isoformat()), exp.DataType.Type.TIMESTAMPTZ)
            query = query.where(test(this=exp.column("time"), expression=moment))
    return query.group_by("customer_id", text)


def _numpy(column: pa.ChunkedArray) -> NDArray[Any]:
    return column.to_numpy(zero_copy_only=False)
