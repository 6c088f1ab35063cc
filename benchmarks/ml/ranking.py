"""How good ranked lists are: precision, recall and nDCG at ten, and the leave-one-out figures."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

AT = 10
DISCOUNTS = 1 / np.log2(np.arange(2, AT + 2))


@dataclass(frozen=True)
class Ranking:
    """Means over the customers who have anything in the test part."""

    precision: float
    recall: float
    ndcg: float
    hits: float


def full_ranking(
    train: sparse.csr_array, test: sparse.csr_array, scores: Callable[[sparse.csr_array], np.ndarray], *, seen=False
) -> Ranking:
    """Each customer's ten best among all products; those of the training part are left out unless `seen`."""
    totals, asked = np.zeros(4), np.flatnonzero(np.diff(test.indptr))
    for start in range(0, len(asked), 1000):
        rows = asked[start : start + 1000]
        batch = np.array(scores(train[rows]), dtype=np.float64)
        if not seen:
            batch[train[rows].nonzero()] = -np.inf
        best = np.argsort(-batch, axis=1, kind="stable")[:, :AT]
        hit = np.take_along_axis(test[rows].toarray() > 0, best, axis=1)
        relevant = np.diff(test.indptr)[rows]
        ideal = np.cumsum(DISCOUNTS)[np.minimum(relevant, AT) - 1]
        found = hit.sum(axis=1)
        totals += np.array(
            [(found / AT).sum(), (found / relevant).sum(), ((hit @ DISCOUNTS) / ideal).sum(), (found > 0).sum()]
        )
    return Ranking(*(float(total) for total in totals / len(asked)))


def leave_one_out(scores: np.ndarray) -> tuple[float, float]:
    """Hit rate and nDCG at ten; the first of each row's scores is that of the product held out.

    A tie counts against it, as in the published protocol's sort.
    """
    rank = (scores[:, 1:] >= scores[:, :1]).sum(axis=1)
    inside = rank < AT
    return float(inside.mean()), float(np.where(inside, 1 / np.log2(rank + 2), 0).mean())
