"""What is recommended, ready to show: sold out and excluded products left out, each with its reasons."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q

from customers import profiling
from customers.models import Customer, Product
from segmentation.recommendation.models import RecommendationPlan
from segmentation.scores import store

# Whose score tables they are.
CUSTOMERS, PRODUCTS = "recommendation", "recommendation.products"
SHOWN = 10
PER_PAGE = 25


@dataclass(frozen=True)
class Offer:
    """One product of a list. `because` are bought products that speak for it, `part` what share they explain."""

    product: Product
    score: float
    times: int = 0
    because: tuple[Product, ...] = ()
    amounts: tuple[float, ...] = ()


@dataclass(frozen=True)
class Offers:
    """A customer's two lists. `source` is "purchases", "traits" or "popularity": what they were made from."""

    again: list[Offer]
    fresh: list[Offer]
    source: str
    algorithm: str
    as_of: datetime | None
    # Products that nobody bought yet.
    arrivals: list["Arrival"] = field(default_factory=list)


@dataclass(frozen=True)
class Arrival:
    """A product new in the shop. `because` is the category or brand that speaks for it."""

    product: Product
    because: str


@dataclass(frozen=True)
class Prospect:
    """A customer for whom a product is likely to be right."""

    customer: Customer
    score: float


@dataclass(frozen=True)
class ProductRow:
    """A product with how many customers bought it."""

    product: Product
    buyers: int


def the_plan() -> RecommendationPlan:
    """How this shop recommends; made with its defaults when first asked for."""
    plan, _made = RecommendationPlan.objects.select_related("last_run").get_or_create(key="shop")
    return plan


def offers_of(customer_id: int, *, count: int = SHOWN, without: Collection[str] = ()) -> Offers | None:
    """The lists of a customer; None before the first run. What sells best for who is newer than the run, and
    for who refused to be profiled."""
    plan = RecommendationPlan.objects.select_related("last_run").filter(last_run__isnull=False).first()
    if plan is None or plan.last_run is None:
        return None
    row = None if profiling.refuses(customer_id) else store.row(CUSTOMERS, customer_id)
    plan.excluded_categories = [*plan.excluded_categories, *without]
    result, as_of = plan.result, plan.last_run.as_of
    if row is None:
        fresh = _in_order(_best_sellers(count), plan)
        return Offers([], [Offer(one, 0.0) for one in fresh], "popularity", "popularity", as_of)
    reasons = (product for reasons in row["because"] for product in reasons)
    products = _products({*row["again"], *row["fresh"], *reasons, *row.get("arrivals", ())})
    source = "purchases" if row["times"] or any(row["because"]) else result["newcomers"]["map"]
    return Offers(
        again=_again(row, products, plan)[:count],
        fresh=_fresh(row, products, plan)[:count],
        source={"ridge": "traits", "factorization_machine": "traits"}.get(source, source),
        algorithm=result["algorithm"],
        as_of=as_of,
        arrivals=[
            Arrival(products[id], why)
            for id, why in zip(row.get("arrivals", ()), row.get("arrivals_because", ()), strict=True)
            if _offered(products.get(id), plan)
        ],
    )


class Lists:
    """What many customers are offered, by the same rules as `offers_of`: plan and products are read once for all."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.plan = RecommendationPlan.objects.filter(last_run__isnull=False).first()
        self.popular = _in_order(_best_sellers(count), self.plan)[:count] if self.plan else []
        # Products looked at so far; None: not to be offered.
        self.products: dict[int, Product | None] = {}

    def of(self, ids: Collection[int]) -> dict[int, list[Product]]:
        """By customer: half of the list what they buy again and again, as far as there is so much, then new ones."""
        plan = self.plan
        if plan is None:
            return {}
        rows = store.rows(CUSTOMERS, ids, ["again", "fresh"])
        new = {pk for row in rows.values() for pk in (*row["again"], *row["fresh"])} - self.products.keys()
        read = _products(new)
        self.products |= {pk: read[pk] if _offered(read.get(pk), plan) else None for pk in new}
        return {id: self._list(rows[id]) if id in rows else self.popular for id in ids}

    def _list(self, row: dict[str, Any]) -> list[Product]:
        again, fresh = ([one for pk in row[part] if (one := self.products[pk])] for part in ("again", "fresh"))
        return [*again[: self.count // 2], *fresh][: self.count]


def prospects_of(product: Product, *, count: int = 50) -> list[Prospect]:
    """The best customers for a product among those who have not bought it; none for one that is not recommended."""
    row = store.row(PRODUCTS, product.pk)
    if row is None:
        return []
    scores = dict(zip(row["customers"], row["scores"], strict=True))
    there = Customer.objects.filter(merged_into__isnull=True).in_bulk(set(scores) - profiling.refusing(scores))
    return [Prospect(there[id], score) for id, score in scores.items() if id in there][:count]


def buyers_of(product: Product) -> int | None:
    """How many customers bought it in the time that counts; None when it is not recommended."""
    row = store.row(PRODUCTS, product.pk)
    return row["buyers"] if row else None


def product_page(query: str, number: str | int) -> "Page[Any]":
    """Recommended products by number of buyers; with a query, all those whose name or SKU fits."""
    table = store.table(PRODUCTS)
    buyers = dict(zip(table["id"].to_pylist(), table["buyers"].to_pylist(), strict=True)) if table else {}
    if query:
        fitting = Product.objects.filter(Q(name__icontains=query) | Q(sku__iexact=query)).values_list("pk", flat=True)
        ids = sorted(fitting, key=lambda id: (-buyers.get(id, 0), id))
    else:
        ids = sorted(buyers, key=lambda id: (-buyers[id], id))
    page: Page[Any] = Paginator(ids, PER_PAGE).get_page(number)
    there = _products(page.object_list)
    page.object_list = [ProductRow(there[id], buyers.get(id, 0)) for id in page.object_list if id in there]
    return page


def sells(product: Product) -> bool:
    """Whether it can be had: its attributes do not say otherwise (`in_stock` false, or `stock` 0)."""
    about: Any = product.attributes or {}
    return about.get("in_stock", True) not in (False, "false", 0, "0") and about.get("stock", 1) not in (0, "0")


def _again(row: dict[str, Any], products: dict[int, Product], plan: RecommendationPlan) -> list[Offer]:
    pairs = zip(row["again"], row["times"], strict=True)
    return [Offer(products[id], times, times) for id, times in pairs if _offered(products.get(id), plan)]


def _fresh(row: dict[str, Any], products: dict[int, Product], plan: RecommendationPlan) -> list[Offer]:
    found = []
    for id, score, because, amounts in zip(row["fresh"], row["scores"], row["because"], row["amounts"], strict=True):
        if _offered(products.get(id), plan):
            reasons = tuple(products[reason] for reason in because if reason in products)
            found.append(Offer(products[id], score, 0, reasons, tuple(amounts)))
    return found


def is_excluded(product: Product, plan: RecommendationPlan) -> bool:
    """Whether nothing of its broadest category is to be recommended."""
    return bool(product.category_path) and product.category_path[0] in plan.excluded_categories


def _offered(product: Product | None, plan: RecommendationPlan) -> bool:
    return product is not None and sells(product) and not is_excluded(product, plan)


def _best_sellers(count: int) -> list[int]:
    table = store.table(PRODUCTS)
    if table is None:
        return []
    return table.sort_by([("buyers", "descending"), ("id", "ascending")])["id"].to_pylist()[: 2 * count]


def _in_order(ids: list[int], plan: RecommendationPlan) -> list[Product]:
    there = _products(ids)
    return [there[id] for id in ids if _offered(there.get(id), plan)][:SHOWN]


def _products(ids: Iterable[int]) -> dict[int, Product]:
    return Product.objects.in_bulk(list(ids))
