"""The computation behind the job; loading this module is what loads scipy."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from segmentation.lake.tables import Source
from segmentation.recommendation import choosing, lists, newcomers, purchases
from segmentation.recommendation.algorithms.base import RecommendationError, Recommender
from segmentation.recommendation.arrivals import Arrivals, Described, arrivals

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Order:
    """What is to be computed; the fields are those of the plan, and `columns` the lake column of each trait."""

    source: Source
    as_of: datetime
    seed: int
    algorithm: str
    past_days: int
    fewest_buyers: int
    most_products: int
    excluded_categories: list[str]
    rest_days: int
    columns: Mapping[str, str]
    # Who refused to be profiled: nothing is learnt of them, and they get no lists.
    leaving_out: Collection[int] = ()


@dataclass(frozen=True)
class Computed:
    """The tables to store, and what the run has to say."""

    customers: pa.Table
    products: pa.Table
    result: dict[str, Any]


class Catalogue(Protocol):
    """What the shop knows of its products."""

    def ids(self, skus: list[str]) -> list[int]:
        """The products' rows, made where there are none."""

    def names(self, ids: Sequence[int]) -> list[str]:
        """What they are called; empty for a nameless one."""

    def features(self, ids: Sequence[int]) -> list[list[str]]:
        """What they are: category by category, and brand."""

    def categories(self, ids: Sequence[int]) -> list[str]:
        """The broadest ones."""

    def unsold(self, sold: set[str]) -> list[int]:
        """The newest products that can be had and are not among these."""


def compute(order: Order, catalogue: Catalogue, *, progress: Progress) -> Computed:
    """Everybody's lists. A shop that sold too little for any gets empty ones, with the reason in the result."""
    progress("reading", 0, 0)
    try:
        shop = purchases.shop(
            order.source,
            as_of=order.as_of,
            past_days=order.past_days,
            fewest=order.fewest_buyers,
            most=order.most_products,
            without=order.excluded_categories,
            leaving_out=order.leaving_out,
        )
    except RecommendationError as error:
        nothing = {"customers": 0, "products": 0, "note": error.message}
        return Computed(_with_arrivals(lists.CUSTOMERS.empty_table(), {}), lists.PRODUCTS.empty_table(), nothing)
    ids = np.array(catalogue.ids(shop.skus), dtype=np.int64)
    key = order.algorithm or choosing.suited(*shop.times.shape)
    progress("learning", 0, 0)
    algorithm = choosing.load(key)
    fitted = algorithm.fit(shop.times, seed=order.seed)
    customers, products = lists.lists_of(
        shop,
        fitted,
        ids,
        catalogue.names(ids.tolist()),
        rest_days=order.rest_days,
        progress=lambda done, total: progress("ranking", done, total),
    )
    new, report = _newcomers(shop, ids, order)
    arrived = _arrivals(shop, ids, catalogue, order)
    offers = dict(zip(shop.customers.tolist(), zip(arrived.ids, arrived.because, strict=True), strict=False))
    result = {
        **_named(key, algorithm),
        "because": fitted.because,
        "customers": shop.times.shape[0],
        "products": shop.times.shape[1],
        "past_days": order.past_days,
        "categories": catalogue.categories(ids.tolist()),
        "newcomers": report,
        "arrivals": arrived.report,
    }
    everybody = _with_arrivals(pa.concat_tables([customers, new]), offers)
    return Computed(everybody, pa.concat_tables([products, arrived.products]), result)


def _named(key: str, algorithm: Recommender) -> dict[str, str]:
    return {"algorithm": key, "algorithm_zh": algorithm.name_zh, "algorithm_en": algorithm.name_en}


def _arrivals(shop: purchases.Shop, ids: NDArray[np.int64], catalogue: Catalogue, order: Order) -> Arrivals:
    unsold = catalogue.unsold(purchases.ever_sold(order.source))
    sold = Described(ids, catalogue.features(ids.tolist()))
    return arrivals(shop, sold, Described(np.array(unsold, np.int64), catalogue.features(unsold)), seed=order.seed)


def _with_arrivals(customers: pa.Table, offers: Mapping[int, tuple[list[int], list[str]]]) -> pa.Table:
    """With each customer's new products, and the feature that speaks for each."""
    found = [offers.get(id, ([], [])) for id in customers["id"].to_pylist()]
    customers = customers.append_column("arrivals", pa.array([ids for ids, _ in found], lists.LIST))
    return customers.append_column("arrivals_because", pa.array([why for _, why in found], pa.list_(pa.string())))


def _newcomers(shop: purchases.Shop, ids: NDArray[np.int64], order: Order) -> tuple[pa.Table, dict[str, Any]]:
    traits = newcomers.trait_rows(order.source, order.columns, leaving_out=order.leaving_out)
    return newcomers.newcomer_lists(shop, traits, ids, seed=order.seed)
