"""HDBSCAN: crowds of any density; the number of groups comes out, and who fits nowhere is noise."""

import numpy as np
from sklearn.cluster import HDBSCAN
from threadpoolctl import threadpool_limits

from segmentation.segments.algorithms.base import Grouping
from segmentation.segments.dense import placed_by, projected
from segmentation.segments.judged import Judged
from segmentation.segments.placing import Matrix, Placement
from segmentation.segments.quality import sample

SAMPLE = 20_000
# The smallest crowd that is a group, as a part of all rows; and how many neighbours make a crowd.
SMALLEST = 0.02
NEIGHBOURS = 5


class Hdbscan(Judged):
    """Groups of any shape and density, without a number given (Campello, Moulavi, Sander 2013).

    >>> import numpy as np
    >>> rows = np.vstack([np.arange(20.0) / 10, np.arange(20.0) / 10 + 50]).reshape(-1, 1)
    >>> Hdbscan().fit(rows, seed=0).k
    2
    """

    name_zh = "HDBSCAN"
    name_en = "HDBSCAN"
    advice_zh = "不知道有几个群、且可能有异常账号时选它；离群客户单独成值。"
    advice_en = "When the number of groups is unknown and odd accounts are expected: these become outliers."
    needs_k = False
    finds_noise = True

    def group(self, rows: Matrix, *, k: int, seed: int, start: Placement | None) -> Grouping:
        if start is not None:
            return Grouping(start.place(rows).labels, start)
        flat, axes = projected(rows)
        some = sample(flat, seed=seed, size=SAMPLE)
        smallest = max(NEIGHBOURS, round(SMALLEST * len(some)))
        with threadpool_limits(1):
            finder = HDBSCAN(
                min_cluster_size=min(smallest, len(some)), min_samples=min(NEIGHBOURS, len(some)), copy=True
            )
            labels = np.maximum(finder.fit(some).labels_.astype(np.intp), -1)
        return placed_by(rows, flat, some, labels, axes, seed=seed)
