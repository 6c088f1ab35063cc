"""How strongly each customer leans towards one value of an item's property, such as a product category; in bands."""

from itertools import pairwise
from typing import Annotated

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyroaring import BitMap

from segmentation.rules.catalog import TEXT, Catalog, Labels
from segmentation.tags.bands import band_of
from segmentation.tags.kinds.base import Asked, Context, Example, Items, Kind, Outcome, TagError, Value
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem, problem

Numbers = NDArray[np.float64]
# The least and the most items that the shop's usual share weighs, whatever the data say.
LEAST_WEIGHT, MOST_WEIGHT = 1.0, 1e6


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """Which value of which items, in what time; the bands begin at `cuts`, in times everybody's share."""

    event: str
    property: str
    value: str
    names: list[ValueName]
    cuts: Annotated[list[float], msgspec.Meta(min_length=1, max_length=20)]
    # Whole days before the base date; all time when not given.
    past_days: Annotated[int, msgspec.Meta(ge=1)] | None = None
    # How many items everybody's share counts for beside a customer's own; learnt from the data when not given.
    weight: Annotated[float, msgspec.Meta(gt=0)] | None = None


class Affinity(Kind[Definition]):
    """A share of the customer's items, drawn towards everybody's: two items of two say less than forty of forty.

    With `n` items, `x` of them of the value, and everybody's share `p`, the affinity is (x + w·p) / (n + w) ÷ p: the
    mean of a beta-binomial posterior as a lift, 1 for who buys like everybody. The weight `w` comes from how much more
    customers differ than chance would have them, by moments (Kleinman 1973, JASA 68, "Proportions with extraneous
    variance"). Everybody with an item in the time is in a band.
    """

    labels = Labels("品类亲和度", "Affinity")
    description = Labels(
        "对某一品类的亲和度：与全体相比，并按购买量收缩", "How much a category appeals, beside everybody, in bands"
    )
    origin = "computed"
    example = Example(
        {
            "event": "Order Completed",
            "property": "category",
            "value": "food",
            "weight": 10,
            "cuts": [0.8, 1.5],
            "names": [
                {"key": "low", "zh": "低", "en": "Low"},
                {"key": "usual", "zh": "一般", "en": "Usual"},
                {"key": "high", "zh": "高", "en": "High"},
            ],
        },
        (
            (
                Labels("40 件中 30 件为食品，全体为三成", "30 of 40 items are food, 3 in 10 is usual"),
                Labels("高", "High"),
            ),
            (Labels("只买过 1 件，为食品", "Bought one item, food"), Labels("一般", "Usual")),
        ),
    )
    shape = Definition
    keeps_scores = True

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = []
        event = catalog.events.get(definition.event)
        field = event.item_properties.get(definition.property) if event else None
        if event is None:
            found.append(problem("event", "unknown_event", name=definition.event))
        elif field is None:
            found.append(problem("property", "unknown_property", name=definition.property, event=definition.event))
        elif field.type != TEXT:
            found.append(problem("property", "feature_type", name=definition.property, type=TEXT))
        cuts, names = definition.cuts, definition.names
        if any(low >= high for low, high in pairwise([0.0, *cuts])):
            found.append(problem("cuts", "not_rising"))
        if len(names) != len(cuts) + 1:
            found.append(problem("names", "names_of_bands", cuts=len(cuts), bands=len(cuts) + 1))
        return found + name_problems(names)

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return tuple(Value.named(name) for name in definition.names)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        items = context.items(definition.event, definition.property, definition.past_days)
        ids, own, all_items = _counted(items, definition.value)
        usual = float(own.sum() / all_items.sum())
        weight = definition.weight or learnt_weight(own, all_items)
        shares = (own + weight * usual) / (all_items + weight)
        bands = band_of(shares / usual, definition.cuts)
        values = self.values(definition)
        members = {value.key: BitMap(ids[bands == place]) for place, value in enumerate(values)}
        table = pa.table(
            {
                "id": pa.array(ids, pa.int32()),
                "score": pa.array(shares, pa.float64()),
                "lift": pa.array(shares / usual, pa.float64()),
                "own": pa.array(own, pa.int64()),
                "items": pa.array(all_items, pa.int64()),
            }
        )
        details = {"of": definition.value, "usual_share": usual, "weight": weight, "cuts": definition.cuts}
        return Outcome(values, members, details, table)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        if asked.score is None:
            return Labels(f"对“{definition.value}”的亲和度", f"Affinity to “{definition.value}”")
        own, items, lift = asked.score["own"], asked.score["items"], asked.score["lift"]
        return Labels(
            f"{items} 件中有 {own} 件为“{definition.value}”；按购买量收缩后为全体占比的 {lift:.2f} 倍",
            f"{own} of {items} items are “{definition.value}”: {lift:.2f} times everybody's share, "
            "drawn towards it where there are few",
        )


def learnt_weight(own: NDArray[np.int64], items: NDArray[np.int64]) -> float:
    """How many items the usual share should weigh: few where customers differ much, many where only chance does.

    >>> learnt_weight(np.array([20, 0, 20, 0]), np.array([20, 20, 20, 20]))
    1.0
    >>> learnt_weight(np.array([10, 10, 11, 9]), np.array([20, 20, 20, 20]))
    1000000.0
    """
    total, customers = items.sum(), len(items)
    usual = own.sum() / total
    if customers < 2 or usual in (0, 1):
        return MOST_WEIGHT
    spread = float((items * (own / items - usual) ** 2).sum() / (usual * (1 - usual)))
    beyond = spread - (customers - 1)
    likeness = beyond / max(float((items * (1 - items / total)).sum()) - (customers - 1), 1e-9)
    if likeness <= 0:
        return MOST_WEIGHT
    return float(np.clip(1 / likeness - 1, LEAST_WEIGHT, MOST_WEIGHT))


def _counted(items: Items, value: str) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    """Everybody with an item: how many are of the value, and how many there are."""
    if value not in items.texts:
        raise TagError(f"Nobody bought anything of “{value}”.", code="no_items")
    ids, rows = np.unique(items.ids, return_inverse=True)
    wanted = items.values == list(items.texts).index(value)
    own = np.bincount(rows, items.counts * wanted, minlength=len(ids)).astype(np.int64)
    return ids, own, np.bincount(rows, items.counts, minlength=len(ids)).astype(np.int64)
