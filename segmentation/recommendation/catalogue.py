"""What the shop knows of its products, as the computation asks for it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from customers.models import Product
from segmentation.recommendation.models import RecommendationPlan
from segmentation.recommendation.selectors import is_excluded, sells

# New products that are looked at, and rows of one query.
NEWEST, ROWS = 400, 500


class Catalogue:
    """The rows of the database. Products of excluded categories are never new."""

    def __init__(self, plan: RecommendationPlan) -> None:
        self._plan = plan

    def ids(self, skus: list[str]) -> list[int]:
        """The products' rows; a product that was sold before anybody described it gets one."""
        known = _known(skus)
        missing = [Product(sku=sku[:100]) for sku in skus if sku[:100] not in known]
        if missing:
            Product.objects.bulk_create(missing, ignore_conflicts=True, batch_size=1000)
            known = _known(skus)
        return [known[sku[:100]] for sku in skus]

    def names(self, ids: Sequence[int]) -> list[str]:
        """What they are called, whatever the case and the size of the package."""
        return [plain_name(product) for product in _in_order(ids)]

    def features(self, ids: Sequence[int]) -> list[list[str]]:
        """Each step of the category path with those above it, and the brand."""
        return [features_of(product) for product in _in_order(ids)]

    def categories(self, ids: Sequence[int]) -> list[str]:
        """The broadest ones, in order."""
        return sorted({str(product.category_path[0]) for product in _in_order(ids) if product.category_path})

    def unsold(self, sold: set[str]) -> list[int]:
        """The newest that can be had, by number, one of each name."""
        found: dict[str, int] = {}
        for product in Product.objects.order_by("-pk").iterator(chunk_size=2000):
            if product.sku not in sold and sells(product) and not is_excluded(product, self._plan):
                found.setdefault(plain_name(product) or product.sku, product.pk)
            if len(found) == NEWEST:
                break
        return list(found.values())


def plain_name(product: Product) -> str:
    """The name without the package's size where that is told apart (attribute `package_size`).

    >>> plain_name(Product(name="Ramen 3 OZ", attributes={"package_size": "3 OZ"}))
    'ramen'
    """
    size = str((product.attributes or {}).get("package_size") or "")
    return product.name.removesuffix(size).strip().casefold()


def features_of(product: Product) -> list[str]:
    """In words, as they are shown when they speak for a product."""
    path = [str(step) for step in product.category_path]
    steps = [" / ".join(path[: depth + 1]) for depth in range(len(path))]
    return [*steps, *([product.brand] if product.brand else [])]


def _in_order(ids: Sequence[int]) -> Iterator[Product]:
    for some in _parts(ids):
        found = Product.objects.in_bulk(some)
        yield from (found[id] for id in some)


def _known(skus: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _parts([sku[:100] for sku in skus]):
        found |= dict(Product.objects.filter(sku__in=some).values_list("sku", "pk"))
    return found


def _parts(things: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (things[start : start + ROWS] for start in range(0, len(things), ROWS))
