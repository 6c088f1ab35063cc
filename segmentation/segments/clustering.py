"""Finds the groups: features to numbers, a number of groups, the groups, and how good they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmentation import plugins
from segmentation.segments import encoder
from segmentation.segments.algorithms.base import Algorithm, Choice, ClusteringError, Clusters, Matrix, Quality
from segmentation.segments.encoder import ProfileEncoder, Treatment

ALGORITHMS = "segmentation.segments.algorithms"
# Fewer customers than this for each group are too few to speak of groups.
FEWEST_EACH = 10

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Model:
    """All that places a customer: the encoder's constants and the groups' centres."""

    encoder: ProfileEncoder
    centres: Matrix

    def to_json(self) -> dict[str, Any]:
        return {"encoder": self.encoder.to_json(), "centres": [[float(x) for x in centre] for centre in self.centres]}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "Model":
        return cls(ProfileEncoder.from_json(saved["encoder"]), np.array(saved["centres"], dtype=np.float64))


@dataclass(frozen=True)
class Features:
    """The customers' features by key, and how each is to be encoded."""

    values: Mapping[str, NDArray[Any]]
    treatments: Mapping[str, Treatment]


@dataclass(frozen=True)
class Plan:
    """What is asked for. Without `k` the algorithm chooses one within `between`."""

    algorithm: str
    k: int | None
    between: tuple[int, int]
    leave_out_useless: bool
    seed: int


@dataclass(frozen=True)
class Clustering:
    """What was found. `left_out` are features that tell nobody apart, each with the reason's code."""

    model: Model
    matrix: Matrix
    clusters: Clusters
    quality: Quality
    choice: Choice | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    # Begun from the groups of an earlier run.
    refreshed: bool = False


def find(features: Features, plan: Plan, *, progress: Progress) -> Clustering:
    """Groups found from nothing."""
    _check_size(features, plan.k or 2)
    progress("encoding", 0, 0)
    encoding, left_out = _encoding(features, plan.leave_out_useless)
    matrix = encoding.encode(features.values)
    algorithm = load(plan.algorithm)
    choice = None if plan.k else _choose(algorithm, matrix, plan, progress)
    progress("fitting", 0, 0)
    clusters = algorithm.fit(matrix, k=plan.k or (choice.k if choice else 0), seed=plan.seed)
    quality = algorithm.quality(matrix, clusters, seed=plan.seed)
    return Clustering(Model(encoding, clusters.centres), matrix, clusters, quality, choice, left_out)


def refresh(features: Features, plan: Plan, model: Model, *, progress: Progress) -> Clustering:
    """The groups of before, moved along with the customers: same encoding, begun from the centres as they were."""
    _check_size(features, len(model.centres))
    progress("fitting", 0, 0)
    matrix = model.encoder.encode(features.values)
    algorithm = load(plan.algorithm)
    clusters = algorithm.fit(matrix, k=len(model.centres), seed=plan.seed, start=model.centres)
    quality = algorithm.quality(matrix, clusters, seed=plan.seed)
    return Clustering(Model(model.encoder, clusters.centres), matrix, clusters, quality, refreshed=True)


def load(algorithm: str) -> Algorithm:
    """The algorithm of this key; loading it is what loads scikit-learn."""
    return plugins.load(ALGORITHMS, algorithm, Algorithm)


def _check_size(features: Features, k: int) -> None:
    customers = len(next(iter(features.values.values()), ()))
    if customers < FEWEST_EACH * k:
        raise ClusteringError(
            f"{customers} customers are too few for {k} groups; at least {FEWEST_EACH * k} are needed.",
            code="too_few_customers",
        )


def _encoding(features: Features, leave_out_useless: bool) -> tuple[ProfileEncoder, dict[str, str]]:
    """An encoder, and the features that it leaves out with the reason's code."""
    if not leave_out_useless:
        return encoder.fit(features.values, features.treatments), {}
    encoding, useless = encoder.fit_useful(features.values, features.treatments)
    if not encoding.columns:
        raise ClusteringError("None of the features tells customers apart.", code="no_features")
    return encoding, {key: error.code for key, error in useless.items()}


def _choose(algorithm: Algorithm, matrix: Matrix, plan: Plan, progress: Progress) -> Choice:
    most = min(plan.between[1], len(matrix) // FEWEST_EACH)
    ks = range(min(plan.between[0], most), most + 1)
    return algorithm.choose(
        matrix, ks=ks, seed=plan.seed, progress=lambda done, total: progress("choosing", done, total)
    )
