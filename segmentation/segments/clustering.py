"""Finds the groups: features to numbers, a number of groups, the groups, and how good they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customers import plugins
from segmentation.segments import blocks, encoder, placing
from segmentation.segments.algorithms.base import (
    Algorithm,
    Choice,
    ClusteringError,
    Clusters,
    Grouping,
    Quality,
    Surrogate,
    numbered,
)
from segmentation.segments.encoder import ProfileEncoder, Treatment
from segmentation.segments.placing import Matrix, Nearest, Placed, Placement

ALGORITHMS = "segmentation.segments.algorithms"
# Fewer customers than this for each group are too few to speak of groups.
FEWEST_EACH = 10
# A fit that would take more memory than this is refused before it begins.
MOST_BYTES = 3_000_000_000

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Model:
    """All that places a customer: the encoder's constants and what is kept of the groups."""

    encoder: ProfileEncoder
    placement: Placement

    def place(self, features: Mapping[str, Any]) -> Placed:
        """The group of each customer, and how surely."""
        return self.placement.place(self.encoder.encode(features))

    def to_json(self) -> dict[str, Any]:
        return {"encoder": self.encoder.to_json(), "placement": self.placement.to_json()}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "Model":
        encoding = ProfileEncoder.from_json(saved["encoder"])
        if "placement" in saved:
            return cls(encoding, placing.from_json(saved["placement"]))
        # As runs saved it when k-means was the only algorithm.
        centres = np.array(saved["centres"], dtype=np.float64)
        return cls(encoding, Nearest(centres, np.arange(len(centres))))


@dataclass(frozen=True)
class Features:
    """The customers' features by key, and how each is to be encoded; beside them blocks by key, with their weights."""

    values: Mapping[str, NDArray[Any]]
    treatments: Mapping[str, Treatment]
    blocks: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, Any]:
        """Features and blocks, as an encoder takes them."""
        return {**self.values, **self.blocks}


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
    """What was found, by which algorithm. `margins` say how surely each customer is in the group.

    `left_out` are features that tell nobody apart, each with the reason's code.
    """

    algorithm: str
    model: Model
    matrix: Matrix
    clusters: Clusters
    margins: Matrix
    quality: Quality
    surrogate: Surrogate
    choice: Choice | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    # Begun from the groups of an earlier run.
    refreshed: bool = False


def find(features: Features, plan: Plan, *, progress: Progress) -> Clustering:
    """Groups found from nothing."""
    algorithm = load(plan.algorithm)
    _check_size(features, plan.k or 2)
    progress("encoding", 0, 0)
    encoding, left_out = _encoding(features, plan.leave_out_useless, algorithm.takes_gaps)
    matrix = encoding.encode(features.all)
    _check_memory(algorithm, matrix, plan.k or plan.between[1])
    choice = None if plan.k or not algorithm.needs_k else _choose(algorithm, matrix, plan, progress)
    progress("fitting", 0, 0)
    clusters = algorithm.fit(matrix, k=plan.k or (choice.k if choice else 0), seed=plan.seed)
    if not clusters.k:
        raise ClusteringError(
            "No group stands out: every customer is an outlier. Take other features, or k-means.", code="no_groups"
        )
    found = _judged(algorithm, plan, Model(encoding, clusters.placement), matrix, clusters)
    return replace(found, choice=choice, left_out=left_out)


def refresh(features: Features, plan: Plan, model: Model, *, progress: Progress) -> Clustering:
    """The groups of before, moved along with the customers: same encoding, begun from the groups as they were."""
    _check_size(features, 2)
    progress("fitting", 0, 0)
    matrix = model.encoder.encode(features.all)
    algorithm = load(plan.algorithm)
    clusters = algorithm.fit(matrix, k=plan.k or 2, seed=plan.seed, start=model.placement)
    return replace(_judged(algorithm, plan, Model(model.encoder, clusters.placement), matrix, clusters), refreshed=True)


def load(algorithm: str) -> Algorithm:
    """The algorithm of this key; loading it is what loads scikit-learn."""
    return plugins.load(ALGORITHMS, algorithm, Algorithm)


def _judged(algorithm: Algorithm, plan: Plan, model: Model, matrix: Matrix, clusters: Clusters) -> Clustering:
    """The groups as the model places the customers, so that one customer scored alone gets the same, and their
    quality."""
    placed = model.placement.place(matrix)
    if (placed.labels != clusters.labels).any():
        grouping = Grouping(placed.labels, model.placement, clusters.algorithm, clusters.remarks)
        clusters = numbered(matrix, grouping)
    return Clustering(
        algorithm=clusters.algorithm or plan.algorithm,
        model=replace(model, placement=clusters.placement),
        matrix=matrix,
        clusters=clusters,
        margins=placed.margins,
        quality=load(clusters.algorithm or plan.algorithm).quality(matrix, clusters, seed=plan.seed),
        surrogate=algorithm.surrogate(matrix[:, : model.encoder.plain], clusters, seed=plan.seed),
    )


def _check_size(features: Features, k: int) -> None:
    customers = len(next(iter(features.values.values()), ()))
    if customers < FEWEST_EACH * k:
        raise ClusteringError(
            f"{customers} customers are too few for {k} groups; at least {FEWEST_EACH * k} are needed.",
            code="too_few_customers",
        )


def _check_memory(algorithm: Algorithm, matrix: Matrix, k: int) -> None:
    rows, columns = matrix.shape
    needed = matrix.nbytes + algorithm.memory(rows, columns, k)
    if needed > MOST_BYTES:
        raise ClusteringError(
            f"{rows:,} customers by {columns} columns would take about {needed / 1e9:.1f} GB of memory; "
            f"{MOST_BYTES / 1e9:.0f} GB are allowed: take fewer features or only a part of the customers.",
            code="too_large",
        )


def _encoding(features: Features, leave_out_useless: bool, gaps: bool) -> tuple[ProfileEncoder, dict[str, str]]:
    """An encoder, and the features and blocks that it leaves out with the reason's code."""
    if leave_out_useless:
        encoding, useless = encoder.fit_useful(features.values, features.treatments, gaps=gaps)
        if not encoding.columns:
            raise ClusteringError("None of the features tells customers apart.", code="no_features")
    else:
        encoding, useless = encoder.fit(features.values, features.treatments, gaps=gaps), {}
    fitted = {key: blocks.fit(key, each, features.weights[key], gaps=gaps) for key, each in features.blocks.items()}
    left_out = {key: error.code for key, error in useless.items()}
    left_out |= {key: "feature_constant" for key, block in fitted.items() if block is None}
    return replace(encoding, blocks=tuple(block for block in fitted.values() if block)), left_out


def _choose(algorithm: Algorithm, matrix: Matrix, plan: Plan, progress: Progress) -> Choice:
    most = min(plan.between[1], len(matrix) // FEWEST_EACH)
    ks = range(min(plan.between[0], most), most + 1)
    return algorithm.choose(
        matrix, ks=ks, seed=plan.seed, progress=lambda done, total: progress("choosing", done, total)
    )
