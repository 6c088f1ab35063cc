"""What to offer somebody who has bought nothing yet: from what is known of the person, by a map fitted on the others.

Two maps stand for election, the plain one unless the other proves better on customers that both had not seen: ridge
regression from traits to products (one weight per trait and product), and a factorization machine (traits and products
meet in a few hidden tastes: many traits, few customers).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmentation.recommendation.algorithms.base import Contribution, Purchases, Scores, binary

Traits = NDArray[np.float32]
# The share of customers whose purchases are hidden in the back-test, and how many of the first products count.
HIDDEN, AT = 0.2, 10


class Map(ABC):
    """From traits (rows of numbers, one column each) to scores of products."""

    @abstractmethod
    def scores(self, traits: Traits) -> Scores:
        """A row per customer, a column per product."""

    @abstractmethod
    def weighing(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What a trait adds to each product's score (traits × products), and the traits' means, which add nothing."""

    @abstractmethod
    def contributions(self, row: Traits, product: int) -> list[Contribution]:
        """What each trait adds to the score; what is left of the score everybody has."""


@dataclass(frozen=True)
class RidgeMap(Map):
    """`weights[trait, product]` on top of every product's share of buyers."""

    shares: NDArray[np.float32]
    means: NDArray[np.float32]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, traits: Traits, purchases: Purchases, penalty: float = 100.0) -> "RidgeMap":
        """The penalty is in customers: a trait that fewer share says little.

        >>> import numpy as np
        >>> traits, bought = np.array([[1], [1], [0]]), binary(np.array([[1, 0], [1, 0], [0, 1]]))
        >>> RidgeMap.of(traits, bought, penalty=1).scores(np.array([[1], [0]])).argmax(axis=1).tolist()
        [0, 1]
        """
        ones = binary(purchases)
        shares = np.asarray(ones.mean(axis=0)).ravel()
        means = traits.mean(axis=0)
        centred = np.asarray(traits - means, dtype=np.float64)
        system = centred.T @ centred + penalty * np.eye(traits.shape[1])
        # The shares drop out of the product, for the traits are centred.
        right = np.asarray((ones.T @ centred).T)
        weights = np.linalg.solve(system, right)
        return cls(shares.astype(np.float32), means.astype(np.float32), weights.astype(np.float32))

    def scores(self, traits: Traits) -> Scores:
        return np.asarray(self.shares + (traits - self.means) @ self.weights, dtype=np.float32)

    def weighing(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self.weights, self.means

    def contributions(self, row: Traits, product: int) -> list[Contribution]:
        parts = (row - self.means) * self.weights[:, product]
        return [Contribution(int(i), float(parts[i])) for i in np.argsort(-parts, kind="stable")]


@dataclass(frozen=True)
class FactorizationMachine(Map):
    """Traits and products each have a row of `factors` numbers; their products are the score (Rendle 2010).

    Of the machine's pairs only those of a trait and a product are kept: two products, or two traits, are never chosen
    between. Fitted by alternating ridge regressions on what is left of the purchases after the products' shares.
    """

    shares: NDArray[np.float32]
    means: NDArray[np.float32]
    traits: NDArray[np.float32]
    products: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        traits: Traits,
        purchases: Purchases,
        *,
        factors: int = 8,
        penalty: float = 100.0,
        rounds: int = 15,
        seed: int = 0,
    ) -> "FactorizationMachine":
        ones = binary(purchases)
        shares, means = np.asarray(ones.mean(axis=0)).ravel(), traits.mean(axis=0)
        centred = np.asarray(traits - means, dtype=np.float64)
        gram, cross = centred.T @ centred, np.asarray((ones.T @ centred).T)
        hidden = np.random.default_rng(seed).normal(0, 0.1, (centred.shape[1], factors))
        identity = np.eye(factors)
        for _ in range(rounds):
            known = hidden.T @ gram @ hidden + identity
            products = np.linalg.solve(known, hidden.T @ cross).T
            values, vectors = np.linalg.eigh(products.T @ products)
            turned = cross @ products @ vectors
            columns = [
                np.linalg.solve(value * gram + penalty * max(value, 1e-9) * np.eye(len(gram)), turned[:, place])
                for place, value in enumerate(values)
            ]
            hidden = np.column_stack(columns) @ vectors.T
        return cls(*(part.astype(np.float32) for part in (shares, means, hidden, products)))

    def scores(self, traits: Traits) -> Scores:
        return np.asarray(self.shares + ((traits - self.means) @ self.traits) @ self.products.T, dtype=np.float32)

    def weighing(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self.traits @ self.products.T, self.means

    def contributions(self, row: Traits, product: int) -> list[Contribution]:
        parts = (row - self.means) * (self.traits @ self.products[product])
        return [Contribution(int(i), float(parts[i])) for i in np.argsort(-parts, kind="stable")]


@dataclass(frozen=True)
class Election:
    """The map that was chosen, and what each reached in the back-test: nDCG of the first ten."""

    chosen: Map
    figures: dict[str, float]

    @property
    def name(self) -> str:
        return "factorization_machine" if isinstance(self.chosen, FactorizationMachine) else "ridge"


def elect(traits: Traits, purchases: Purchases, *, seed: int) -> Election:
    """Both maps on four fifths of the customers, judged by the rest; the winner is fitted again on all of them."""
    hidden = np.random.default_rng(seed).random(len(traits)) < HIDDEN
    known = purchases[np.flatnonzero(~hidden)]
    test = purchases[np.flatnonzero(hidden)]
    ridge = RidgeMap.of(traits[~hidden], known)
    machine = FactorizationMachine.of(traits[~hidden], known, seed=seed)
    popular = np.tile(np.asarray(binary(known).sum(axis=0)).ravel(), (test.shape[0], 1))
    figures = {
        "popularity": ndcg(popular, test),
        "ridge": ndcg(ridge.scores(traits[hidden]), test),
        "factorization_machine": ndcg(machine.scores(traits[hidden]), test),
    }
    if figures["factorization_machine"] > figures["ridge"]:
        return Election(FactorizationMachine.of(traits, purchases, seed=seed), figures)
    return Election(RidgeMap.of(traits, purchases), figures)


def ndcg(scores: NDArray[Any], test: Purchases) -> float:
    """Mean nDCG of each row's first ten, over the rows that have anything in `test`."""
    asked = np.flatnonzero(np.diff(test.indptr))
    if not len(asked):
        return 0.0
    best = np.argsort(-scores[asked], axis=1, kind="stable")[:, :AT]
    discounts = 1 / np.log2(np.arange(2, best.shape[1] + 2))
    hit = np.take_along_axis(test[asked].toarray() > 0, best, axis=1)
    ideal = np.cumsum(discounts)[np.minimum(np.diff(test.indptr)[asked], best.shape[1]) - 1]
    return float(((hit @ discounts) / ideal).mean())
