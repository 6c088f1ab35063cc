"""What customers prefer: of which values of an item's property, such as its category, they buy most."""

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from segmentation.rules.catalog import TEXT, Catalog, Labels
from segmentation.tags.kinds.base import Asked, Context, Example, Items, Kind, Outcome, TagError, Value
from segmentation.tags.learnt import learnt_keys, learnt_value
from segmentation.tags.names import ValueName, key_problems
from segmentation.tags.problems import Problem, problem


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """Of which items, in what time, and from when on it is a preference."""

    event: str
    property: str
    # Whole days before the base date; all time when not given.
    past_days: Annotated[int, msgspec.Meta(ge=1)] | None = None
    # At least this many items of the value, …
    least_items: Annotated[int, msgspec.Meta(ge=1)] = 3
    # … and at least this many times the share that it has of everybody's items (TGI, 1.2 for 120); 0 does not compare.
    least_index: Annotated[float, msgspec.Meta(ge=0)] = 0
    # The strongest preference of each customer, or all of them.
    pick: Literal["strongest", "all"] = "strongest"
    # The values that most customers prefer become the tag's, rare ones do not.
    most: Annotated[int, msgspec.Meta(ge=1, le=50)] = 12
    rarest: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0
    # Whoever bought and prefers none of the values.
    rest: ValueName | None = None
    # How to write values where the data's own spelling will not do: {"DRUG GM": {"zh": "个护百货", "en": "Drugstore"}}.
    spelling: dict[str, Labels] = {}


class Preference(Kind[Definition]):
    """The values learnt from what is bought, the most popular first.

    How strong a preference is: the items bought beyond what everybody's shares would let one expect, or simply the
    items bought when there is no `least_index`. So who buys groceries like everybody, and twice as many flowers,
    prefers flowers.
    """

    labels = Labels("偏好", "Preference")
    description = Labels(
        "从购买明细中学习偏好，如偏好品类（TGI）", "Preferences learnt from what is bought, such as categories"
    )
    example = Example(
        {"event": "Order Completed", "property": "category", "past_days": 180, "least_items": 3, "pick": "strongest"},
        (
            (
                Labels(
                    "8 件海鲜，3 件肉类：海鲜远高于常人",
                    "8 items of sea food, 3 of meat: far more sea food than others",
                ),
                Labels("海鲜", "Sea food"),
            ),
            (Labels("2 件玩具：不足 3 件", "2 toys: fewer than 3"), Labels("—", "—")),
        ),
    )
    shape = Definition
    always_exclusive = False

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = key_problems(definition.rest, "rest") if definition.rest else []
        event = catalog.events.get(definition.event)
        if event is None:
            return [problem("event", "unknown_event", name=definition.event), *found]
        field = event.item_properties.get(definition.property)
        if field is None:
            found.append(problem("property", "unknown_property", name=definition.property, event=definition.event))
        elif field.type != TEXT:
            found.append(problem("property", "feature_type", name=definition.property, type=TEXT))
        return found

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return ()

    def compute(self, definition: Definition, context: Context) -> Outcome:
        items = context.items(definition.event, definition.property, definition.past_days)
        if not len(items.ids):
            raise TagError(f"No items of “{definition.event}” have a {definition.property}.", code="no_items")
        preferred = _preferred(definition, items)
        buyers = BitMap(items.ids)
        popular = _popular(preferred, definition, customers=len(buyers))
        keys = learnt_keys([items.texts[value] for value in popular], context.known)
        members = {
            key: BitMap(preferred.ids[preferred.values == value])
            for value, key in zip(popular, keys.values(), strict=True)
        }
        values = [learnt_value(key, text, definition.spelling) for text, key in keys.items()]
        if definition.rest:
            values.append(Value.named(definition.rest))
            members[definition.rest.key] = buyers - BitMap.union(BitMap(), *members.values())
        return Outcome(tuple(values), members)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        days, least = definition.past_days, definition.least_items
        when = Labels(f"过去 {days} 天", f"in the past {days} days") if days else Labels("历史上", "ever")
        if definition.rest and value.key == definition.rest.key:
            return Labels(f"{when.zh}有购买，无明显偏好", f"Bought {when.en}, without a clear preference")
        index = round(definition.least_index * 100)
        zh = f"{when.zh}购买至少 {least} 件" + (f"，占比不低于全体平均的 {index}%（TGI）" if index else "")
        en = f"At least {least} items {when.en}" + (f", {index} % or more of everybody's share" if index else "")
        return Labels(zh, en)


@dataclass(frozen=True)
class Preferred:
    """Customers side by side with a value that they prefer, by its number."""

    ids: NDArray[np.uint32]
    values: NDArray[np.int32]


def _preferred(definition: Definition, items: Items) -> Preferred:
    expected = _expected(items)
    strong = items.counts >= definition.least_items
    if definition.least_index:
        strong &= items.counts >= definition.least_index * expected
    rows = np.flatnonzero(strong)
    if definition.pick == "strongest":
        strength = items.counts - (expected if definition.least_index else 0)
        # For each customer the strongest; among equals the first in the alphabet.
        order = rows[np.lexsort([items.values[rows], -strength[rows], items.ids[rows]])]
        rows = order[np.unique(items.ids[order], return_index=True)[1]]
    return Preferred(items.ids[rows], items.values[rows])


def _expected(items: Items) -> NDArray[np.float64]:
    """The items of each row if the customer bought all values in everybody's shares."""
    of_customer = np.bincount(items.ids, items.counts)[items.ids]
    of_value = np.bincount(items.values, items.counts)[items.values]
    return of_customer * of_value / items.counts.sum()


def _popular(preferred: Preferred, definition: Definition, *, customers: int) -> list[int]:
    """The values that enough customers prefer, by number, the most popular first."""
    values, counts = np.unique(preferred.values, return_counts=True)
    order = np.lexsort((values, -counts))
    enough = definition.rarest * customers
    return [int(values[i]) for i in order if counts[i] >= enough][: definition.most]
