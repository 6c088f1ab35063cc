"""Labels spread from the few who have one along a graph to the many who have none (Zhou et al. 2004)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

Numbers = NDArray[np.float64]
UNKNOWN = -1
# Of the seeds that reach a node, so many are followed, for so many steps.
SOURCES, STEPS = 5, 6
# Where less than this is lost on the way, it ends as if this were.
LEAST_LOSS = 0.001


@dataclass(frozen=True)
class Spread:
    """`shares[node, label]` sum to 1 where any label arrived; elsewhere they are 0 and the label is UNKNOWN."""

    shares: Numbers
    rounds: int

    @property
    def labels(self) -> NDArray[np.intp]:
        """The largest share's label."""
        return np.where(self.shares.any(axis=1), self.shares.argmax(axis=1), UNKNOWN)


def normalised(graph: sparse.csr_array) -> sparse.csr_array:
    """D^−½ W D^−½: what a node gives is shared among its neighbours, what it takes, too."""
    degrees = np.asarray(graph.sum(axis=1)).ravel()
    root = np.zeros_like(degrees)
    np.power(degrees, -0.5, out=root, where=degrees > 0)
    return sparse.csr_array(sparse.diags_array(root) @ graph @ sparse.diags_array(root))


def spread(
    graph: sparse.csr_array,
    start: Numbers,
    *,
    alpha: float = 0.9,
    keep: NDArray[np.bool_] | None = None,
    most: int = 100,
) -> Spread:
    """`start[node, label]`: 1 for what is known, 0 for what is not, or chances from elsewhere; `keep` stay as they are.

    Ends when nothing changes any more. Each label's sum is then brought to its share of the seeds. With alpha 1 and
    `keep` it is the harmonic function (Zhu, Ghahramani & Lafferty 2003): nothing is lost on the way, however long.

    >>> line = sparse.csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0.0]]))
    >>> spread(line, np.array([[1.0], [0], [0]])).labels.tolist()
    [0, 0, -1]
    """
    step = normalised(graph)
    found, rounds = start.astype(np.float64), 0
    while rounds < most:
        following = alpha * (step @ found) + (1 - alpha) * start
        if keep is not None:
            following[keep] = start[keep]
        moved, rounds = np.abs(following - found).max(initial=0), rounds + 1
        found = following
        if moved < 1e-4 * max(1 - alpha, LEAST_LOSS):
            break
    return Spread(_shares(found, start), rounds)


def _shares(found: Numbers, start: Numbers) -> Numbers:
    """What arrived, each label's sum brought to its share of the seeds (class mass normalisation, Zhu et al. 2003)."""
    arrived = found.sum(axis=1, keepdims=True) > 1e-12
    prior, mass = start.sum(axis=0) / max(start.sum(), 1e-12), found.sum(axis=0)
    even = found * np.divide(prior, mass, out=np.zeros_like(mass), where=mass > 0)
    sums = even.sum(axis=1, keepdims=True)
    return np.divide(even, sums, out=np.zeros_like(even), where=arrived & (sums > 0))


def smoothed_classifier(
    graph: sparse.csr_array,
    features: sparse.csr_array,
    labels: NDArray[np.intp],
    *,
    classes: int,
    seed: int,
    alpha: float = 0.8,
    strength: float = 10.0,
) -> Spread:
    """Features averaged over two steps of the graph, a logistic regression on them, its chances spread once more.

    `labels` are UNKNOWN where there is none; `strength` is how closely the regression follows them. After "correct and
    smooth" (Huang et al. 2021): with features better than spreading alone, and as quick.
    """
    known = labels != UNKNOWN
    step = normalised(sparse.csr_array(graph + sparse.eye_array(graph.shape[0])))
    smooth = sparse.csr_array(step @ (step @ features))
    lengths = np.sqrt(np.asarray(smooth.multiply(smooth).sum(axis=1)).ravel())
    smooth = sparse.csr_array(sparse.diags_array(1 / np.maximum(lengths, 1e-12)) @ smooth)
    model = LogisticRegression(C=strength, max_iter=500, random_state=seed).fit(
        smooth[np.flatnonzero(known)], labels[known]
    )
    chances = np.zeros((len(labels), classes))
    chances[:, model.classes_] = model.predict_proba(smooth)
    chances[known] = np.eye(classes)[labels[known]]
    return spread(graph, chances, alpha=alpha)


def sources(graph: sparse.csr_array, seeds: NDArray[np.intp], *, alpha: float = 0.9) -> sparse.csr_array:
    """Nodes × seeds: from which seeds, by number in `seeds`, most of what arrived at a node came."""
    step = alpha * normalised(graph)
    start = sparse.csr_array((np.ones(len(seeds)), (seeds, np.arange(len(seeds)))), shape=(graph.shape[0], len(seeds)))
    found = start
    for _ in range(STEPS):
        found = strongest(sparse.csr_array(step @ found + start), SOURCES)
    return found


def strongest(matrix: sparse.csr_array, k: int) -> sparse.csr_array:
    """The k largest of each row, all rows at once."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort([matrix.indices, -matrix.data, rows])
    place = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], np.diff(matrix.indptr))
    kept = order[place < k]
    return sparse.csr_array((matrix.data[kept], (rows[kept], matrix.indices[kept])), shape=matrix.shape)
