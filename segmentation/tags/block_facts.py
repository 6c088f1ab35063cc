"""What the blocks of a clustering are made of: what each customer bought, and spent week by week."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from segmentation.prediction.histories import Histories
from segmentation.similarity.bought import Bought
from segmentation.tags.kinds.base import Context, Items

ORDER = "Order Completed"
# The property of items that a block is about.
PROPERTIES = {"categories": "category", "texts": "name"}
# How far back blocks look.
PAST_DAYS, WEEKS = 365, 26


def block_values(blocks: Iterable[str], ids: NDArray[np.uint32], context: Context) -> dict[str, Any]:
    """For each block a row per customer of `ids`, as `segmentation.segments.blocks` takes them."""
    found: dict[str, Any] = {}
    for key in blocks:
        if key in PROPERTIES:
            found[key] = bought(context.items(ORDER, PROPERTIES[key], PAST_DAYS), ids)
        else:
            found[key] = weekly(context.histories(), ids, today=_day(context))
    return found


def bought(items: Items, ids: NDArray[np.uint32]) -> Bought:
    """Who of `ids` bought how many of what."""
    order = np.argsort(ids)
    place = np.searchsorted(ids, items.ids, sorter=order).clip(max=max(0, len(ids) - 1))
    rows = order[place]
    there = ids[rows] == items.ids
    counts = (items.counts[there].astype(np.float64), (rows[there], items.values[there]))
    return Bought(sparse.csr_array(counts, shape=(len(ids), len(items.texts))), items.texts)


def weekly(histories: Histories, ids: NDArray[np.uint32], *, today: int) -> NDArray[np.float64]:
    """What each of `ids` spent in each of the last weeks, the latest last; NaN before the first purchase."""
    order = np.argsort(ids)
    place = np.searchsorted(ids, histories.ids, sorter=order).clip(max=max(0, len(ids) - 1))
    rows = order[place]
    weeks = WEEKS - 1 - (today - histories.days) // 7
    known = (ids[rows] == histories.ids) & (histories.days <= today)
    first = np.full(len(ids), WEEKS)
    np.minimum.at(first, rows[known], weeks[known])
    inside = known & (weeks >= 0)
    spent = np.bincount(
        rows[inside] * WEEKS + weeks[inside], histories.amounts[inside], minlength=len(ids) * WEEKS
    ).reshape(len(ids), WEEKS)
    return np.where(np.arange(WEEKS) < first[:, None], np.nan, spent)


def weeks_of(labels: NDArray[np.intp], k: int, ids: NDArray[np.uint32], context: Context) -> list[list[float]]:
    """What the customers of each group spent on average in each of the last weeks, before their first one nothing."""
    spent = np.nan_to_num(weekly(context.histories(), ids, today=_day(context)))
    groups = (spent[labels == label].mean(axis=0) for label in range(k))
    return [[round(float(one), 2) for one in group] for group in groups]


def _day(context: Context) -> int:
    return int(np.datetime64(context.as_of.date(), "D").astype(int))
