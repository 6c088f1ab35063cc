"""Which algorithm suits a shop of this size."""

from customers import plugins
from segmentation.recommendation.algorithms.base import Recommender
from segmentation.recommendation.algorithms.ease import MOST_PRODUCTS

ALGORITHMS = "segmentation.recommendation.algorithms"
# Those that rank what a customer has not bought; the others are lists of their own.
NEW_FOR_YOU = ("als", "ease", "item_knn", "rp3beta", "user_knn")


def suited(customers: int, products: int) -> str:
    """EASE, which ranks best, while all pairs of products (or of customers, if those are fewer) fit; else a walk."""
    return "ease" if min(customers, products) <= MOST_PRODUCTS else "rp3beta"


def load(key: str) -> Recommender:
    """The algorithm of this key; loading it is what loads scipy."""
    return plugins.load(ALGORITHMS, key, Recommender)
