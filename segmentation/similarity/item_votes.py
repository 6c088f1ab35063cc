"""Labels from what was bought: each kind of item speaks for the labels that its buyers have (item-based filtering)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
FOLDS = 5


@dataclass(frozen=True)
class Voted:
    """`scores[row, label]` is the share who have the label among known rows of nearly the same score, `support` their
    number."""

    scores: NDArray[np.float64]
    support: NDArray[np.intp]


def item_votes(known: Matrix, labels: NDArray[np.bool_], asked: Matrix, *, nearest: int, seed: int) -> Voted:
    """`known` rows have `labels[row, label]`; the rows of `asked` are given theirs. All rows are `profiles`.

    The likeness of an item and a label is their correlation over the known rows (Sarwar et al. 2001, tags being the
    items asked for); a row's score is the sum over what it bought. A score is no share: it is turned into one by the
    `nearest` known rows of that score, each of which was scored by rows other than itself.

    >>> rows = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    >>> has = np.array([[1], [1], [0], [0]], bool)
    >>> item_votes(rows, has, rows[:1], nearest=1, seed=0).scores.tolist()
    [[1.0]]
    """
    own = np.empty(labels.shape, dtype=np.float32)
    turn = np.random.default_rng(seed).permutation(len(known)) % FOLDS
    for fold in range(FOLDS):
        own[turn == fold] = known[turn == fold] @ _likeness(known[turn != fold], labels[turn != fold])
    found = asked @ _likeness(known, labels)
    columns = [_shares(own[:, c], labels[:, c], found[:, c], nearest) for c in range(labels.shape[1])]
    return Voted(np.column_stack([s for s, _ in columns]), np.column_stack([n for _, n in columns]))


def _likeness(rows: Matrix, labels: NDArray[np.bool_]) -> Matrix:
    """Items × labels: the correlation, 0 where either is the same for all rows."""
    if not len(rows):
        return np.zeros((rows.shape[1], labels.shape[1]), dtype=np.float32)
    items, has = rows - rows.mean(axis=0), labels - labels.mean(axis=0)
    lengths = np.linalg.norm(items, axis=0)[:, None] * np.linalg.norm(has, axis=0)
    together = items.T @ has
    return np.asarray(np.divide(together, lengths, out=np.zeros_like(together), where=lengths > 1e-9), np.float32)


def _shares(
    own: Matrix, has: NDArray[np.bool_], found: Matrix, nearest: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The share and number of those with the label among the `nearest` known rows around each found score."""
    order = np.argsort(own, kind="stable")
    width = min(nearest, len(own))
    begins = np.clip(np.searchsorted(own[order], found) - width // 2, 0, len(own) - width)
    sums = np.concatenate([[0], np.cumsum(has[order])])
    support = sums[begins + width] - sums[begins]
    return support / max(width, 1), support.astype(np.intp)
