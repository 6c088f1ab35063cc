"""Customers' purchases over time, and what they look like from one day on backwards."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.catalog import Labels

Numbers = NDArray[np.float64]

# What is told of a customer's purchases up to a day; money in the shop's currency, spans in days.
FEATURES: dict[str, tuple[Labels, str]] = {
    "recency": (Labels("距上次购买天数", "days since the last purchase"), "days"),
    "days_bought": (Labels("购买天数", "days with a purchase"), ""),
    "tenure": (Labels("距首次购买天数", "days since the first purchase"), "days"),
    "spent": (Labels("累计消费", "spent so far"), "currency"),
    "average": (Labels("平均每次消费", "average purchase"), "currency"),
    "last": (Labels("上次消费金额", "last purchase"), "currency"),
    "bought_14": (Labels("近 14 天购买天数", "days with a purchase, last 14"), ""),
    "bought_30": (Labels("近 30 天购买天数", "days with a purchase, last 30"), ""),
    "bought_90": (Labels("近 90 天购买天数", "days with a purchase, last 90"), ""),
    "spent_30": (Labels("近 30 天消费", "spent in the last 30 days"), "currency"),
    "spent_90": (Labels("近 90 天消费", "spent in the last 90 days"), "currency"),
    "interval": (Labels("平均购买间隔", "usual days between purchases"), "days"),
    "overdue": (Labels("距上次购买与平均间隔之比", "days since the last purchase by usual interval"), ""),
}


@dataclass(frozen=True)
class Histories:
    """One row per customer and day with a purchase, in order of both. Days are whole numbers; amounts their sums."""

    ids: NDArray[np.uint32]
    days: NDArray[np.int64]
    amounts: Numbers

    @classmethod
    def nobody(cls) -> "Histories":
        """A shop without purchases."""
        return cls(np.empty(0, np.uint32), np.empty(0, np.int64), np.empty(0))

    def until(self, day: int) -> "Histories":
        """Nothing after this day."""
        kept = self.days <= day
        return Histories(self.ids[kept], self.days[kept], self.amounts[kept])

    def buyers(self, after: int, until: int) -> NDArray[np.uint32]:
        """Who bought on a day in (after, until]."""
        return np.unique(self.ids[(self.days > after) & (self.days <= until)])


@dataclass(frozen=True)
class Behaviour:
    """`matrix[i]` are the features, in the order of FEATURES, of customer `ids[i]`."""

    ids: NDArray[np.uint32]
    matrix: Numbers


def behaviour(histories: Histories, day: int) -> Behaviour:
    """Everybody who bought by the end of `day`, as they were then; later purchases are not looked at.

    >>> h = Histories(np.array([7, 7], np.uint32), np.array([10, 20]), np.array([5.0, 9.0]))
    >>> behaviour(h, 12).matrix[0, :4].tolist()
    [2.0, 1.0, 2.0, 5.0]
    """
    past = histories.until(day)
    ids, starts, counts = np.unique(past.ids, return_index=True, return_counts=True)
    if not len(ids):
        return Behaviour(ids, np.empty((0, len(FEATURES))))
    who, ends = np.repeat(np.arange(len(ids)), counts), starts + counts - 1
    recency, tenure = day - past.days[ends], day - past.days[starts]
    spent = np.bincount(who, past.amounts)

    def within(span: int, weights: Numbers | None = None) -> Numbers:
        lately = past.days > day - span
        return np.bincount(who[lately], None if weights is None else weights[lately], len(ids)).astype(np.float64)

    interval = np.full(len(ids), np.nan)
    np.divide(tenure - recency, counts - 1, out=interval, where=counts > 1)
    columns = (
        recency, counts, tenure, spent, spent / counts, past.amounts[ends],
        within(14), within(30), within(90), within(30, past.amounts), within(90, past.amounts),
        interval, recency / np.maximum(interval, 1),
    )  # fmt: skip
    return Behaviour(ids, np.column_stack(columns).astype(np.float64))
