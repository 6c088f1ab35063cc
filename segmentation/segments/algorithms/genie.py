"""Genie: single linkage that does not let small groups be left behind (Gagolewski, Bartoszuk, Cena 2016)."""

import numpy as np

from segmentation.segments.algorithms.base import Grouping
from segmentation.segments.judged import Judged
from segmentation.segments.micro import condense, prototypes
from segmentation.segments.placing import Labels, Matrix, Nearest, Placement
from segmentation.segments.spanning import Edges, spanning_tree

# Above this inequality of the groups' sizes (Gini index) the smallest group must join next.
GINI = 0.3
MOST_ROWS = 10_000
MICRO = 1_000
PROTOTYPES = 1_000


class Genie(Judged):
    """Groups of any shape, as long as gaps lie between them; written from the paper.

    >>> import numpy as np
    >>> Genie().fit(np.array([[0.0], [0.1], [0.2], [5.0], [5.1]]), k=2, seed=0).labels.tolist()
    [0, 0, 0, 1, 1]
    """

    name_zh = "Genie 层次聚类"
    name_en = "Hierarchical (Genie)"
    advice_zh = "群组形状不规则、彼此有间隙时选它；公开基准上平均最好。"
    advice_en = "For groups of odd shapes with gaps between them; on average the best on public benchmarks."

    def group(self, rows: Matrix, *, k: int, seed: int, start: Placement | None) -> Grouping:
        if start is not None:
            return Grouping(start.place(rows).labels, start)
        few = condense(rows, most=MICRO if len(rows) > MOST_ROWS else MOST_ROWS, seed=seed)
        owners = joined(spanning_tree(few.points), few.weights, k)
        labels = owners[few.members]
        if len(few.points) < len(rows):
            return Grouping(labels, Nearest(few.points, owners))
        return Grouping(labels, prototypes(rows, labels, most=PROTOTYPES, seed=seed))


def joined(edges: Edges, weights: Matrix, k: int, *, threshold: float = GINI) -> Labels:
    """The group of each point when the tree's edges have joined all but k groups.

    The shortest edge joins next; but while the sizes are too unequal, the shortest that ends in a smallest group.
    """
    ones, others, _ = edges
    labels, sizes = np.arange(len(weights)), weights.astype(np.float64, copy=True)
    waiting = np.ones(len(ones), dtype=bool)
    for _ in range(len(weights) - k):
        open_edges = np.flatnonzero(waiting)
        if gini(sizes) > threshold:
            smallest = np.minimum(sizes[labels[ones[open_edges]]], sizes[labels[others[open_edges]]])
            edge = open_edges[smallest.argmin()]
        else:
            edge = open_edges[0]
        waiting[edge] = False
        kept, gone = sorted((labels[ones[edge]], labels[others[edge]]), key=lambda group: (-sizes[group], group))
        labels[labels == gone] = kept
        sizes[kept] += sizes[gone]
        sizes[gone] = 0
    return np.unique(labels, return_inverse=True)[1]


def gini(sizes: Matrix) -> float:
    """How unequal the groups' sizes are: 0 when all are equal, 1 when one has everything; empty groups do not count.

    >>> gini(np.array([5.0, 5.0, 0.0])), gini(np.array([1.0, 9.0]))
    (0.0, 0.8)
    """
    ordered = np.sort(sizes[sizes > 0])
    n = len(ordered)
    if n < 2:
        return 0.0
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / ((n - 1) * ordered.sum()))
