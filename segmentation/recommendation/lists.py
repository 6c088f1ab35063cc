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
    """A row per customer, and one per product. `products[p]` is the id of the shop's product p."""

    products: NDArray[np.int64]
    rows: list[Row] = field(default_factory=list)

    def customers(self) -> pa.Table:
        return table_of(self.rows)


def lists_of(
    shop: Shop, fitted: Fitted, products: NDArray[np.int64], *, rest_days: int, progress: Progress
) -> tuple[pa.Table, pa.Table]:
    """The tables of customers and of products, as they are stored."""
    lists, top = Lists(products), BestCustomers(len(products))
    for start in range(0, len(shop.customers), BATCH):
        progress(start, len(shop.customers))
        rows = slice(start, start + BATCH)
        times, ids = shop.times[rows], shop.customers[rows]
        scores = np.asarray(fitted.scores(times), dtype=np.float32)
        scores[times.nonzero()] = -np.inf
        top.add(ids, scores)
        again = list(_again(times, shop.last[rows], rest_days))
        for place, fresh in enumerate(best(scores, KEPT)):
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
    fresh = fresh[np.isfinite(scores[fresh])]
    causes, amounts = fitted.parts(row, fresh)
    because, parts = [], []
    for column in range(len(fresh)):
        order = np.argsort(-amounts[:, column], kind="stable")[:REASONS] if fitted.because == "products" else ()
        first = [int(cause) for cause in order if amounts[cause, column] > 0]
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
