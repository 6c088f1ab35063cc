"""Who bought what how often, out of the lake."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sqlglot import exp

from segmentation.lake.tables import ITEMS, Source
from segmentation.recommendation.algorithms.base import RecommendationError
from segmentation.sets.answers import engine

ORDER = "Order Completed"


@dataclass(frozen=True)
class Shop:
    """`times[c, p]`: in how many orders customer `customers[c]` bought product `skus[p]`; `last` when, in days ago.

    `last` counts from 1, for what is 0 in a sparse matrix is not there.
    """

    customers: NDArray[np.int64]
    skus: list[str]
    times: sparse.csr_array
    last: sparse.csr_array


def shop(
    source: Source,
    *,
    as_of: datetime,
    past_days: int,
    fewest: int,
    most: int,
    without: list[str],
    leaving_out: Collection[int] = (),
) -> Shop:
    """The products that at least `fewest` customers bought, the most bought ones first, and who bought them.

    Nothing is known of the customers in `leaving_out`.

    Raises RecommendationError when there are none.
    """
    rows = engine().query(_query(as_of, past_days, without), source)
    if leaving_out:
        rows = rows.filter(~np.isin(rows["customer_id"].to_numpy(), list(leaving_out)))
    if not rows.num_rows:
        raise _too_little(fewest, past_days)
    names, products = np.unique(rows["sku"].to_numpy(zero_copy_only=False).astype(str), return_inverse=True)
    ids, buyers = rows["customer_id"].to_numpy(), np.bincount(products)
    # The names are in alphabetical order, so that equals are, too.
    order = np.argsort(-buyers, kind="stable")[: np.count_nonzero(buyers >= fewest)][:most]
    if not len(order):
        raise _too_little(fewest, past_days)
    place = np.full(len(names), -1)
    place[order] = np.arange(len(order))
    kept = place[products] >= 0
    customers, who = np.unique(ids[kept], return_inverse=True)
    shape, at = (len(customers), len(order)), (who, place[products[kept]])
    times, last = (rows[name].to_numpy().astype(np.float32)[kept] for name in ("times", "days_ago"))
    return Shop(
        customers.astype(np.int64),
        names[order].tolist(),
        sparse.csr_array((times, at), shape=shape),
        sparse.csr_array((last + 1, at), shape=shape),
    )


def ever_sold(source: Source) -> set[str]:
    """Every product that was in an order, whenever."""
    query = exp.select("sku").distinct().from_(ITEMS).where(exp.column("event").eq(exp.Literal.string(ORDER)))
    return set(engine().query(query, source)["sku"].to_pylist())


def _too_little(fewest: int, past_days: int) -> RecommendationError:
    return RecommendationError(
        f"No product was bought by {fewest} customers in {past_days} days: "
        "lower the fewest buyers, or look further back.",
        code="no_purchases",
    )


def _query(as_of: datetime, past_days: int, without: list[str]) -> exp.Select:
    days_ago = "DATE_DIFF('day', MAX(time), {})".format(_moment(as_of).sql("duckdb"))
    query = (
        exp.select(
            "customer_id", "sku", "COUNT(DISTINCT event_id) AS times", f"{days_ago} AS days_ago", dialect="duckdb"
        )
        .from_(ITEMS)
        .where(
            exp.column("event").eq(exp.Literal.string(ORDER)),
            exp.column("sku").is_(exp.null()).not_(),
            exp.LTE(this=exp.column("time"), expression=_moment(as_of)),
            exp.GT(this=exp.column("time"), expression=_moment(as_of - timedelta(days=past_days))),
        )
    )
    if without:
        category = exp.func("COALESCE", exp.column("category"), exp.Literal.string(""))
        query = query.where(exp.not_(exp.In(this=category, expressions=[exp.Literal.string(w) for w in without])))
    return query.group_by("customer_id", "sku").order_by("customer_id", "sku")


def _moment(moment: datetime) -> exp.Expr:
    return exp.cast(exp.Literal.string(moment.isoformat()), exp.DataType.Type.TIMESTAMPTZ)
