"""The algorithms as one scikit-learn estimator, for pipelines, grid searches and notebooks."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from segmentation.segments import clustering
from segmentation.segments.algorithms.base import ClusteringError


class Segmenter(ClusterMixin, BaseEstimator):
    """Groups of rows by one of the product's algorithms; passes scikit-learn's estimator checks.

    After `fit`: `labels_` (-1 is noise), `n_clusters_`, `cluster_centers_`, `placement_`. Algorithms that find the
    number of groups themselves ignore `n_clusters`.

    >>> Segmenter(n_clusters=2, random_state=0).fit_predict([[0.0], [0.1], [0.2], [9.0], [9.1]]).tolist()
    [0, 0, 0, 1, 1]
    """

    def __init__(self, algorithm: str = "kmeans", *, n_clusters: int = 8, random_state: Any = None) -> None:
        self.algorithm = algorithm
        self.n_clusters = n_clusters
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        rows = validate_data(self, X, dtype=np.float64, ensure_min_samples=2, ensure_all_finite=self._finite())
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        try:
            found = clustering.load(self.algorithm).fit(rows, k=self.n_clusters, seed=seed)
        except ClusteringError as error:
            raise ValueError(f"{error} (n_samples={len(rows)}, n_clusters={self.n_clusters})") from error
        self.labels_ = found.labels
        self.n_clusters_ = found.k
        self.cluster_centers_ = found.centres
        self.inertia_ = found.inertia
        self.placement_ = found.placement
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The group of each row, by what `fit` found."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False, ensure_all_finite=self._finite())
        return self.placement_.place(rows).labels

    def _finite(self) -> Any:
        return "allow-nan" if clustering.load(self.algorithm).takes_gaps else True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = clustering.load(self.algorithm).takes_gaps
        return tags
