"""The best of many: each row's largest scores, in order."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK, THREADS = 250, 2


def best(scores: NDArray[Any], count: int) -> NDArray[np.intp]:
    """The places of each row's `count` largest, the largest first; ties go to the smaller place.

    >>> best(np.array([[1, 3, 2], [5, 5, 0]]), 2).tolist()
    [[1, 2], [0, 1]]
    """
    count = min(count, scores.shape[1])
    starts = range(0, len(scores), BLOCK)
    if len(scores) <= BLOCK:
        return _best(scores, count)
    with ThreadPoolExecutor(THREADS) as pool:
        return np.vstack(list(pool.map(lambda start: _best(scores[start : start + BLOCK], count), starts)))


def _best(scores: NDArray[Any], count: int) -> NDArray[np.intp]:
    # Those that reach the last of the largest, a few more where there are ties.
    place = scores.shape[1] - count
    bounds = np.partition(scores, place, axis=1)[:, place]
    found = np.empty((len(scores), count), dtype=np.intp)
    for row, bound in enumerate(bounds):
        reach = np.flatnonzero(scores[row] >= bound)
        found[row] = reach[np.argsort(-scores[row, reach], kind="stable")[:count]]
    return found
