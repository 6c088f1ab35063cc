"""Incremental k-means: rows with gaps, and rows that come in batches and are never kept."""

from dataclasses import dataclass, field

import numpy as np

from segmentation.segments.algorithms.base import Grouping
from segmentation.segments.gaps import filled
from segmentation.segments.judged import Judged
from segmentation.segments.placing import Labels, Matrix, Nearest, Placement, squared_distances
from segmentation.segments.quality import sample

# The beginnings are tried on a sample of this size; the rows then pass once, in batches.
SAMPLE = 20_000
BATCH = 20_000
BEGINNINGS = 10
ROUNDS = 50
# Few rows are better served by rounds over all of them than by one pass.
SMALL = 100_000


class Incremental(Judged):
    """k-means that leaves gaps out of its distances (partial distances) instead of filling them with guesses.

    >>> import numpy as np
    >>> rows = np.array([[0.0, np.nan], [0.1, 0.0], [np.nan, 0.1], [5.0, np.nan], [5.1, 5.0]])
    >>> Incremental().fit(rows, k=2, seed=0).labels.tolist()
    [0, 0, 0, 1, 1]
    """

    name_zh = "增量 k 均值（可缺失）"
    name_en = "Incremental k-means (gaps allowed)"
    advice_zh = "很多客户缺少部分特征，或数据分批到来时选它；缺失不填补。"
    advice_en = "When many customers lack some features, or data come in batches: gaps are left out, not guessed."
    takes_gaps = True

    def group(self, rows: Matrix, *, k: int, seed: int, start: Placement | None) -> Grouping:
        stream = Stream(k)
        if isinstance(start, Nearest):
            stream.begin_at(start.points)
            stream.settle(sample(rows, seed=seed, size=SAMPLE))
        else:
            stream.begin(sample(rows, seed=seed, size=SAMPLE), seed=seed)
        if len(rows) <= SMALL:
            stream.settle(rows)
        else:
            for some in np.array_split(np.random.default_rng(seed).permutation(len(rows)), -(-len(rows) // BATCH)):
                stream.learn(rows[some])
        placement = Nearest(stream.centres, np.arange(len(stream.centres)))
        return Grouping(placement.place(rows).labels, placement)


@dataclass
class Stream:
    """Centres that learn from batches. All that is kept between them is `centres` and `counts` (k × columns each):
    how many values each group has seen of each column, so that a column may come late or be missing."""

    k: int
    centres: Matrix = field(default_factory=lambda: np.empty((0, 0)))
    counts: Matrix = field(default_factory=lambda: np.empty((0, 0)))

    def begin(self, batch: Matrix, *, seed: int) -> None:
        """The best of several beginnings with this batch alone, without counting it yet."""
        best = np.inf
        for turn in range(BEGINNINGS):
            centres, squares = _settled(batch, _spread_out(batch, self.k, np.random.default_rng([seed, turn])))
            if squares < best:
                best = squares
                self.begin_at(centres)

    def begin_at(self, centres: Matrix) -> None:
        """From these centres, of which nothing has been seen yet."""
        self.k, self.centres, self.counts = len(centres), centres.copy(), np.zeros_like(centres)

    def settle(self, batch: Matrix) -> None:
        """Rounds over this batch until the centres stay where they are."""
        self.centres, _ = _settled(batch, self.centres)

    def learn(self, batch: Matrix) -> Labels:
        """The groups of a batch, whose rows then move their centres: by less the more each has seen."""
        labels = squared_distances(batch, self.centres).argmin(axis=1)
        sums, counts = _sums(batch, labels, self.k)
        seen = self.counts + counts
        step = (sums - counts * self.centres) / np.maximum(seen, 1)
        self.centres, self.counts = self.centres + step, seen
        return labels


def _settled(rows: Matrix, centres: Matrix) -> tuple[Matrix, float]:
    """Lloyd's rounds with partial distances: the centres, and the sum of squares of the last round."""
    labels = np.full(len(rows), -1)
    total = 0.0
    for _ in range(ROUNDS):
        squares = squared_distances(rows, centres)
        nearest = squares.argmin(axis=1)
        total = float(squares[np.arange(len(rows)), nearest].sum())
        if (nearest == labels).all():
            break
        labels = nearest
        sums, counts = _sums(rows, labels, len(centres))
        centres = np.where(counts > 0, sums / np.maximum(counts, 1), centres)
    return centres, total


def _sums(rows: Matrix, labels: Labels, k: int) -> tuple[Matrix, Matrix]:
    """For each group and column: the sum of the values there are, and their number."""
    gaps = np.isnan(rows)
    own = np.zeros((len(rows), k))
    own[np.arange(len(rows)), labels] = 1.0
    return own.T @ np.where(gaps, 0.0, rows), own.T @ (~gaps).astype(np.float64)


def _spread_out(rows: Matrix, k: int, random: np.random.Generator) -> Matrix:
    """k-means++ (Arthur, Vassilvitskii 2007): rows far from those drawn before, gaps filled by the column's mean."""
    whole = filled(rows)
    centres = [whole[random.integers(len(rows))]]
    nearest = squared_distances(rows, centres[0][None, :])[:, 0]
    for _ in range(1, k):
        total = nearest.sum()
        place = random.choice(len(rows), p=nearest / total) if total > 0 else random.integers(len(rows))
        centres.append(whole[place])
        nearest = np.minimum(nearest, squared_distances(rows, centres[-1][None, :])[:, 0])
    return np.array(centres)
