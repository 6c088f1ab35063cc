"""The computation behind the job; loading this module is what loads scipy."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from segmentation.lake.tables import Source
from segmentation.recommendation import choosing, lists, newcomers, purchases
from segmentation.recommendation.algorithms.base import RecommendationError

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


def compute(order: Order, product_ids: Callable[[list[str]], list[int]], *, progress: Progress) -> Computed:
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
        return Computed(lists.CUSTOMERS.empty_table(), lists.PRODUCTS.empty_table(), nothing)
    ids = np.array(product_ids(shop.skus), dtype=np.int64)
    key = order.algorithm or choosing.suited(*shop.times.shape)
    progress("learning", 0, 0)
    fitted = choosing.load(key).fit(shop.times, seed=order.seed)
    customers, products = lists.lists_of(
        shop, fitted, ids, rest_days=order.rest_days, progress=lambda done, total: progress("ranking", done, total)
    )
    new, report = _newcomers(shop, ids, order)
    result = {
        "algorithm": key,
        "because": fitted.because,
        "customers": shop.times.shape[0],
        "products": shop.times.shape[1],
        "past_days": order.past_days,
        "newcomers": report,
    }
    return Computed(pa.concat_tables([customers, new]), products, result)


def _newcomers(shop: purchases.Shop, ids: NDArray[np.int64], order: Order) -> tuple[pa.Table, dict[str, Any]]:
    traits = newcomers.trait_rows(order.source, order.columns, leaving_out=order.leaving_out)
    return newcomers.newcomer_lists(shop, traits, ids, seed=order.seed)
