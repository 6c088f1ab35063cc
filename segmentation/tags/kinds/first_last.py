"""The first or the last value of a property that a customer ever had: first channel, latest category."""

from typing import Annotated, Literal

import msgspec
import numpy as np
from pyroaring import BitMap

from segmentation.rules.catalog import TEXT, Catalog, Labels
from segmentation.tags.kinds.base import Asked, Context, Example, Kind, Outcome, TagError, Value
from segmentation.tags.learnt import learnt_keys, learnt_value
from segmentation.tags.names import ValueName, key_problems
from segmentation.tags.problems import Problem, problem


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """Of which event or of its items, which property, and which end."""

    event: str
    property: str
    which: Literal["first", "last"] = "last"
    of: Literal["events", "items"] = "items"
    # Whole days before the base date; all time when not given.
    past_days: Annotated[int, msgspec.Meta(ge=1)] | None = None
    # The values that most customers have become the tag's; the others are `rest`, if that is named.
    most: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    rest: ValueName | None = None
    # How to write values where the data's own spelling will not do.
    spelling: dict[str, Labels] = {}


class FirstLast(Kind[Definition]):
    """One value for each customer with the event, learnt from the data, the most frequent first.

    Of several values at one instant, as the items of an order, the first in the alphabet counts.
    """

    labels = Labels("首末次", "First or last")
    description = Labels(
        "首次或最近一次行为的属性值，如首单品类", "The value at the first or last event, such as the first category"
    )
    example = Example(
        {
            "event": "Order Completed",
            "property": "category",
            "which": "first",
            "most": 20,
            "rest": {"key": "rest", "zh": "其他", "en": "Other"},
        },
        (
            (Labels("首单面包，之后买水果", "First bread, fruit later"), Labels("面包", "Bread")),
            (Labels("首单为少见品类", "First a rare category"), Labels("其他", "Other")),
            (Labels("从未下单", "Never ordered"), Labels("—", "—")),
        ),
    )
    shape = Definition

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = key_problems(definition.rest, "rest") if definition.rest else []
        event = catalog.events.get(definition.event)
        if event is None:
            return [problem("event", "unknown_event", name=definition.event), *found]
        fields = event.item_properties if definition.of == "items" else event.properties
        field = fields.get(definition.property)
        if field is None:
            code = "unknown_property" if definition.of == "items" else "unknown_event_property"
            found.append(problem("property", code, name=definition.property, event=definition.event))
        elif field.type != TEXT:
            found.append(problem("property", "feature_type", name=definition.property, type=TEXT))
        return found

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return ()

    def compute(self, definition: Definition, context: Context) -> Outcome:
        ends = context.ends(
            definition.event, definition.property, definition.of, definition.which, definition.past_days
        )
        if not len(ends.ids):
            raise TagError(f"No “{definition.event}” has a {definition.property}.", code="no_items")
        numbers, counts = np.unique(ends.values, return_counts=True)
        popular = [int(numbers[place]) for place in np.lexsort((numbers, -counts))][: definition.most]
        keys = learnt_keys([ends.texts[number] for number in popular], context.known)
        members = {
            key: BitMap(ends.ids[ends.values == number]) for number, key in zip(popular, keys.values(), strict=True)
        }
        values = [learnt_value(key, text, definition.spelling) for text, key in keys.items()]
        if definition.rest:
            values.append(Value.named(definition.rest))
            members[definition.rest.key] = BitMap(ends.ids) - BitMap.union(BitMap(), *members.values())
        return Outcome(tuple(values), members)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        first, days = definition.which == "first", definition.past_days
        zh = f"过去 {days} 天内" if days else ""
        en = f" in the past {days} days" if days else ""
        return Labels(
            f"{zh}{'首次' if first else '最近一次'}“{definition.event}”的 {definition.property}",
            f"The {definition.property} of the {'first' if first else 'last'} “{definition.event}”{en}",
        )
