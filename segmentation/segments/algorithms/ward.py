"""Ward: a tree of customers, cut where k groups are left."""

from segmentation.segments.algorithms.base import Grouping
from segmentation.segments.judged import Judged
from segmentation.segments.linkage import cut, ward
from segmentation.segments.micro import condense, prototypes
from segmentation.segments.placing import Matrix, Nearest, Placement

# Up to so many rows join one by one; of more, micro-clusters with their weights do.
MOST_ROWS = 10_000
MICRO = 1_000
PROTOTYPES = 1_000


class Ward(Judged):
    """Groups that are joined, two at a time, so that the squares within them grow least.

    >>> import numpy as np
    >>> Ward().fit(np.array([[0.0], [0.1], [0.2], [5.0], [5.1]]), k=2, seed=0).labels.tolist()
    [0, 0, 0, 1, 1]
    """

    name_zh = "层次聚类（Ward）"
    name_en = "Hierarchical (Ward)"
    advice_zh = "想看客群的层级关系时选它；群组紧凑。"
    advice_en = "For groups within groups; they are compact, and a cut elsewhere keeps the tree."

    def group(self, rows: Matrix, *, k: int, seed: int, start: Placement | None) -> Grouping:
        if start is not None:
            return Grouping(start.place(rows).labels, start)
        few = condense(rows, most=MICRO if len(rows) > MOST_ROWS else MOST_ROWS, seed=seed)
        owners = cut(ward(few.points, few.weights), len(few.points), k)
        labels = owners[few.members]
        if len(few.points) < len(rows):
            return Grouping(labels, Nearest(few.points, owners))
        return Grouping(labels, prototypes(rows, labels, most=PROTOTYPES, seed=seed))

    def memory(self, rows: int, columns: int, k: int) -> int:
        return super().memory(rows, columns, k) + 8 * 2 * MOST_ROWS * columns
