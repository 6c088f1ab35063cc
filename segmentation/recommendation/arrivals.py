"""Products that nobody has bought yet, offered by what they are: category and brand, by the map that proved best.

The maps are those of newcomers (see `cold_start`), turned round: from features of a product to its buyers. The
back-test hides the buyers of a fifth of the sold products and ranks customers for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from segmentation.recommendation.cold_start import FactorizationMachine, Map, RidgeMap, elect
from segmentation.recommendation.lists import CUSTOMERS_KEPT, LIST, NUMBERS, PRODUCTS
from segmentation.recommendation.purchases import Shop
from segmentation.recommendation.ranking import best

# Products offered, products that must share a feature, features at most, and offers that a customer keeps.
MOST, FEWEST, MOST_FEATURES, KEPT = 200, 5, 150, 5
# Customers of the back-test at most, and cells of products × customers that fit.
SAMPLE, MOST_CELLS = 2000, 100_000_000


@dataclass(frozen=True)
class Described:
    """Products by id, each with its features in words: "GROCERY", "GROCERY / ICE", "National"."""

    ids: NDArray[np.int64]
    features: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Arrivals:
    """For the customer of place c: products, and the feature that speaks for each most. `products` as PRODUCTS."""

    ids: list[list[int]] = field(default_factory=list)
    because: list[list[str]] = field(default_factory=list)
    products: pa.Table = field(default_factory=PRODUCTS.empty_table)
    report: dict[str, Any] = field(default_factory=lambda: {"products": 0})


def arrivals(shop: Shop, sold: Described, unsold: Described, *, seed: int) -> Arrivals:
    """Offers of unsold products, and the best customers of each; none where features tell customers nothing."""
    names = _shared(sold)
    matrix, new = _matrix(sold, names), _matrix(unsold, names)
    known = new.any(axis=1)
    new, ids = new[known][:MOST], unsold.ids[known][:MOST]
    if not len(new) or len(new) * len(shop.customers) > MOST_CELLS:
        return Arrivals()
    buyers = sparse.csr_array(shop.times.T)
    some = np.sort(np.random.default_rng(seed).permutation(len(shop.customers))[:SAMPLE])
    election = elect(matrix, sparse.csr_array(buyers[:, some]), seed=seed)
    report = {"ndcg": {name: round(value, 4) for name, value in election.figures.items()}}
    if election.figures["popularity"] >= election.figures[election.name]:
        return Arrivals(report={"products": 0, "map": "popularity", **report})
    machine = isinstance(election.chosen, FactorizationMachine)
    fitted: Map = FactorizationMachine.of(matrix, buyers, seed=seed) if machine else RidgeMap.of(matrix, buyers)
    scores = fitted.scores(new)
    offered, because = _offers(scores, new, fitted, ids, names)
    found = {"products": len(ids), "map": election.name, **report}
    return Arrivals(offered, because, _prospects(scores, ids, shop.customers), found)


def _shared(sold: Described) -> list[str]:
    """The features of enough products, the most common first."""
    texts, counts = np.unique([text for one in sold.features for text in one], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MOST_FEATURES]
    return [str(texts[place]) for place in order if counts[place] >= FEWEST]


def _matrix(products: Described, names: Sequence[str]) -> NDArray[np.float32]:
    place = {name: column for column, name in enumerate(names)}
    matrix = np.zeros((len(products.ids), len(names)), np.float32)
    for row, texts in enumerate(products.features):
        matrix[row, [place[text] for text in texts if text in place]] = 1
    return matrix


def _offers(
    scores: NDArray[Any], new: NDArray[np.float32], fitted: Map, ids: NDArray[np.int64], names: Sequence[str]
) -> tuple[list[list[int]], list[list[str]]]:
    """The best few of each customer beyond what is usual of the customer, each with its strongest feature."""
    weights, means = fitted.weighing()
    offered, because = [], []
    for customer, places in enumerate(best(np.ascontiguousarray(scores.T), KEPT)):
        parts = (new[places] - means) * weights[:, customer]
        good = parts.sum(axis=1) > 0
        offered.append(ids[places[good]].tolist())
        because.append([names[place] for place in (parts * new[places]).argmax(axis=1)[good]])
    return offered, because


def _prospects(scores: NDArray[Any], ids: NDArray[np.int64], customers: NDArray[np.int64]) -> pa.Table:
    first = best(scores, CUSTOMERS_KEPT)
    ordered = np.take_along_axis(scores, first, axis=1)
    columns = [
        pa.array(ids, pa.int32()),
        pa.array(np.zeros(len(ids), np.int32)),
        pa.array(customers[first].tolist(), LIST),
        pa.array(ordered.tolist(), NUMBERS),
    ]
    return pa.table(columns, schema=PRODUCTS)
