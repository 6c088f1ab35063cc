"""Labels from similar customers: the nearest who have one, if near enough; who has too few looks further."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Numbers = NDArray[np.float64]
BLOCK = 1_000


@dataclass(frozen=True)
class Neighbourhood:
    """`nearest` with at least `floor` similarity count; fewer than `support` of them, and `wider` without floor do."""

    nearest: int = 50
    floor: float = 0.1
    wider: int = 200
    support: int = 5
    similarity: str = "pearson"
    sharpness: float = 2.0


@dataclass(frozen=True)
class Suggested:
    """For each asked row: `scores[row, label]` is the weighted share of neighbours who have it, `support` their number.

    `near[row]` are the closest known rows, by number; `widened` says who had to look further.
    """

    scores: Numbers
    support: NDArray[np.intp]
    near: NDArray[np.intp]
    widened: NDArray[np.bool_]


def profiles(counts: sparse.csr_array, similarity: str) -> NDArray[np.float32]:
    """Rows of length 1: roots of the shares of each kind; for Pearson less what is usual of everybody."""
    shares = np.sqrt(counts.toarray().astype(np.float64) / np.maximum(np.asarray(counts.sum(axis=1)).reshape(-1, 1), 1))
    if similarity == "pearson":
        spread = shares.std(axis=0)
        shares = (shares - shares.mean(axis=0)) / np.where(spread > 1e-9, spread, 1)
    return np.asarray(shares / np.maximum(np.linalg.norm(shares, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def suggest(
    known: NDArray[np.float32], labels: NDArray[np.bool_], asked: NDArray[np.float32], how: Neighbourhood
) -> Suggested:
    """`known` rows have `labels[row, label]`; the rows of `asked` are given theirs. All rows are `profiles`.

    >>> near, far = np.array([[1.0, 0]], np.float32), np.array([[0, 1.0]], np.float32)
    >>> got = suggest(np.vstack([near, far]), np.eye(2, dtype=bool), near, Neighbourhood(nearest=1, support=1))
    >>> got.scores.tolist()
    [[1.0, 0.0]]
    """
    parts = [_suggest(known, labels, asked[start : start + BLOCK], how) for start in range(0, len(asked), BLOCK)]
    if not parts:
        empty = np.empty((0, labels.shape[1]))
        return Suggested(empty, empty.astype(np.intp), np.empty((0, 0), np.intp), np.empty(0, np.bool_))
    return Suggested(
        np.vstack([p.scores for p in parts]),
        np.vstack([p.support for p in parts]),
        np.vstack([p.near for p in parts]),
        np.concatenate([p.widened for p in parts]),
    )


def _suggest(
    known: NDArray[np.float32], labels: NDArray[np.bool_], asked: NDArray[np.float32], how: Neighbourhood
) -> Suggested:
    alike = asked @ known.T
    wider = min(how.wider, len(known))
    order = np.argsort(-alike, axis=1, kind="stable")[:, :wider]
    weights = np.take_along_axis(alike, order, axis=1).astype(np.float64)
    narrow = (np.arange(wider) < how.nearest) & (weights >= how.floor)
    widened = narrow.sum(axis=1) < how.support
    counts = np.where(widened[:, None], True, narrow)
    # Looking further, everybody counts a little: nobody is left without an answer.
    weights = np.where(counts, np.maximum(weights, 1e-3) ** how.sharpness, 0)
    votes = labels[order]
    scores = np.einsum("rk,rkl->rl", weights, votes) / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    support = (counts[:, :, None] & votes).sum(axis=1)
    return Suggested(scores, support, order[:, :5], widened)
