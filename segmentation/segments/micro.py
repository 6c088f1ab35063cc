"""Many rows as few: micro-clusters with their weights, on which slow algorithms are fast."""

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from segmentation.segments.placing import Labels, Matrix, Nearest
from segmentation.segments.quality import sample

# The micro-clusters are found in a sample of this size; then every row joins the nearest.
SAMPLE = 50_000
ROUNDS = 10


@dataclass(frozen=True)
class Condensed:
    """`points` (m × columns) stand for `weights` rows each; row i is in the micro-cluster `members[i]`."""

    points: Matrix
    weights: Matrix
    members: Labels


def condense(rows: Matrix, *, most: int, seed: int) -> Condensed:
    """At most `most` micro-clusters of the rows; the rows themselves when there are no more of them."""
    if len(rows) <= most:
        return Condensed(rows, np.ones(len(rows)), np.arange(len(rows)))
    some = sample(rows, seed=seed, size=SAMPLE)
    with threadpool_limits(1):
        found = KMeans(most, n_init=1, max_iter=ROUNDS, random_state=seed).fit(some)
        members = Nearest(found.cluster_centers_, np.arange(most)).place(rows).labels
    used, members, weights = np.unique(members, return_inverse=True, return_counts=True)
    return Condensed(found.cluster_centers_[used], weights.astype(np.float64), members)


def prototypes(rows: Matrix, labels: Labels, *, most: int, seed: int) -> Nearest:
    """A placement by at most about `most` points: the rows themselves, or each group's micro-clusters."""
    if len(rows) <= most:
        return Nearest(rows, labels)
    points, owners = [], []
    for label in np.unique(labels):
        members = rows[labels == label]
        part = condense(members, most=max(1, round(most * len(members) / len(rows))), seed=seed)
        points.append(part.points)
        owners.append(np.full(len(part.points), label))
    return Nearest(np.vstack(points), np.concatenate(owners))
