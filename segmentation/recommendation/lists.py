"""The lists themselves: for every customer "buy again" and "new for you", for every product its best customers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from segmentation.recommendation.algorithms.base import Fitted
from segmentation.recommendation.purchases import Shop
from segmentation.recommendation.ranking import best

# How many products a list keeps (more than it shows, for some sell out), how many reasons each, how many customers
# a product keeps, and how many customers are scored at once.
KEPT, REASONS, CUSTOMERS_KEPT, BATCH = 20, 2, 100, 500

Row = tuple[Any, ...]
Progress = Callable[[int, int], None]
LIST = pa.list_(pa.int32())
NUMBERS = pa.list_(pa.float32())
CUSTOMERS = pa.schema(
    [
        pa.field("id", pa.int32()),
        pa.field("again", LIST),
        pa.field("times", LIST),
        pa.field("fresh", LIST),
        pa.field("scores", NUMBERS),
        pa.field("because", pa.list_(LIST)),
        pa.field("amounts", pa.list_(NUMBERS)),
    ]
)
PRODUCTS = pa.schema(
    [
        pa.field("id", pa.int32()),
        pa.field("buyers", pa.int32()),
        pa.field("customers", LIST),
        pa.field("scores", NUMBERS),
    ]
)


def table_of(rows: Sequence[Row]) -> pa.Table:
    """Customers' rows as a table."""
    return pa.table(
        [pa.array([row[place] for row in rows], f.type) for place, f in enumerate(CUSTOMERS)], schema=CUSTOMERS
    )


@dataclass
class Lists:
    """A row per customer, and one per product. `products[p]` is the id of the shop's product p, `groups[p]` the number
    that it shares with others of its name: of those a list shows one."""

    products: NDArray[np.int64]
    groups: NDArray[np.intp]
    rows: list[Row] = field(default_factory=list)

    def customers(self) -> pa.Table:
        return table_of(self.rows)

    def by_name(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """The first product of each name, in order."""
        return places[np.sort(np.unique(self.groups[places], return_index=True)[1])][:KEPT]

    def distinct(self, order: NDArray[np.intp], causes: NDArray[Any]) -> list[int]:
        """Of these causes in order the first of each name."""
        first = np.unique(self.groups[causes[order]], return_index=True)[1] if len(order) else order
        return [int(order[place]) for place in np.sort(first)]


def lists_of(
    shop: Shop,
    fitted: Fitted,
    products: NDArray[np.int64],
    names: Sequence[str],
    *,
    rest_days: int,
    progress: Progress,
) -> tuple[pa.Table, pa.Table]:
    """The tables of customers and of products, as they are stored. What has the name of something bought is not new."""
    groups = np.unique([name or f"\0{place}" for place, name in enumerate(names)], return_inverse=True)[1]
    lists, top = Lists(products, groups), BestCustomers(len(products))
    alike = sparse.csr_array((np.ones(len(groups), np.float32), (np.arange(len(groups)), groups)))
    for start in range(0, len(shop.customers), BATCH):
        progress(start, len(shop.customers))
        rows = slice(start, start + BATCH)
        times, ids = shop.times[rows], shop.customers[rows]
        scores = np.asarray(fitted.scores(times), dtype=np.float32)
        scores[times.nonzero()] = -np.inf
        top.add(ids, scores)
        if alike.shape[1] < len(groups):
            scores[((times @ alike) @ alike.T).nonzero()] = -np.inf
        again = list(_again(times, shop.last[rows], rest_days))
        for place, fresh in enumerate(best(scores, KEPT if alike.shape[1] == len(groups) else 3 * KEPT)):
            lists.rows.append(_row(lists, int(ids[place]), again[place], fresh, scores[place], times[[place]], fitted))
    buyers = np.bincount(shop.times.indices, minlength=len(products))
    return lists.customers(), top.table(products, buyers)


def _row(
    lists: Lists,
    id: int,
    again: list[tuple[int, int]],
    fresh: NDArray,
    scores: NDArray,
    row: sparse.csr_array,
    fitted: Fitted,
) -> Row:
    fresh = lists.by_name(fresh[np.isfinite(scores[fresh])])
    distinct = set(lists.by_name(np.array([product for product, _ in again], np.intp)).tolist())
    again = [(product, times) for product, times in again if product in distinct]
    causes, amounts = fitted.parts(row, fresh)
    because, parts = [], []
    for column in range(len(fresh)):
        order = np.argsort(-amounts[:, column], kind="stable") if fitted.because == "products" else np.empty(0, np.intp)
        first = lists.distinct(order[amounts[order, column] > 0], causes)[:REASONS]
        because.append([int(lists.products[causes[cause]]) for cause in first])
        parts.append([float(amounts[cause, column]) for cause in first])
    known = lists.products
    return (
        id,
        [int(known[product]) for product, _ in again],
        [times for _, times in again],
        [int(known[product]) for product in fresh],
        scores[fresh].tolist(),
        because,
        parts,
    )


def _again(times: sparse.csr_array, last: sparse.csr_array, rest_days: int) -> Iterator[list[tuple[int, int]]]:
    """What each bought at least twice, the most often bought first, then the latest; and how often."""
    times.sort_indices(), last.sort_indices()
    for row in range(times.shape[0]):
        here = slice(times.indptr[row], times.indptr[row + 1])
        counts, products, days = times.data[here], times.indices[here], last.data[here] - 1
        rested = np.flatnonzero((counts >= 2) & (days >= rest_days))
        order = rested[np.lexsort([products[rested], days[rested], -counts[rested]])][:KEPT]
        yield [(int(products[i]), int(counts[i])) for i in order]


class BestCustomers:
    """For each product the customers with the highest scores so far."""

    def __init__(self, products: int) -> None:
        self.ids = np.zeros((products, 0), dtype=np.int64)
        self.scores = np.zeros((products, 0), dtype=np.float32)

    def add(self, ids: NDArray[np.int64], scores: NDArray[np.float32]) -> None:
        """More customers, a row each; minus infinity is "never"."""
        all_scores = np.hstack([self.scores, scores.T])
        all_ids = np.hstack([self.ids, np.tile(ids, (len(self.ids), 1))])
        first = best(all_scores, CUSTOMERS_KEPT)
        self.ids = np.take_along_axis(all_ids, first, axis=1)
        self.scores = np.take_along_axis(all_scores, first, axis=1)

    def table(self, products: NDArray[np.int64], buyers: NDArray[np.intp]) -> pa.Table:
        kept = np.isfinite(self.scores)
        return pa.table(
            [
                pa.array(products, pa.int32()),
                pa.array(buyers, pa.int32()),
                pa.array([ids[there].tolist() for ids, there in zip(self.ids, kept, strict=True)], LIST),
                pa.array([s[there].tolist() for s, there in zip(self.scores, kept, strict=True)], NUMBERS),
            ],
            schema=PRODUCTS,
        )
