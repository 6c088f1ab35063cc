"""A small tree of questions in place of the algorithm: what a person can check, and how often it is right."""

from collections.abc import Iterator

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from segmentation.segments.algorithms.base import Matrix, Surrogate
from segmentation.segments.gaps import filled
from segmentation.segments.placing import Labels
from segmentation.segments.quality import drawn

# The tree learns from a sample of this size.
SAMPLE = 20_000
LEAVES_EACH = 2

Path = tuple[tuple[int, bool, float], ...]


def fit(matrix: Matrix, labels: Labels, *, seed: int) -> Surrogate:
    """The best tree with two leaves for each group (Dasgupta and others 2020 take one; two are right far more often).

    Noise is a group for the tree, so that its questions say who is left out; it has no path of its own here.
    """
    some = drawn(len(matrix), seed=seed, size=SAMPLE)
    rows, truth = filled(matrix[some]), labels[some]
    k = int(labels.max(initial=-1)) + 1
    leaves = max(2, LEAVES_EACH * len(np.unique(truth)))
    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=seed).fit(rows, truth)
    told = tree.predict(rows)
    return Surrogate(
        fidelity=float((told == truth).mean()),
        paths=tuple(tuple(path for answer, path in paths(tree) if answer == label) for label in range(k)),
        precision=tuple(_share(truth[told == label] == label) for label in range(k)),
        recall=tuple(_share(told[truth == label] == label) for label in range(k)),
    )


def paths(tree: DecisionTreeClassifier) -> Iterator[tuple[int, Path]]:
    """Every leaf's answer with the questions that lead to it, those about one column drawn together."""
    inner = tree.tree_

    def below(node: int, asked: dict[tuple[int, bool], float]) -> Iterator[tuple[int, Path]]:
        left, right = inner.children_left[node], inner.children_right[node]
        if left == right:
            answer = int(tree.classes_[inner.value[node][0].argmax()])
            yield answer, tuple((column, above, value) for (column, above), value in asked.items())
            return
        column, value = int(inner.feature[node]), float(inner.threshold[node])
        # Further down the same question is narrower: it replaces the wider one.
        yield from below(left, {**asked, (column, False): value})
        yield from below(right, {**asked, (column, True): value})

    yield from below(0, {})


def _share(right: np.ndarray) -> float:
    return float(right.mean()) if len(right) else 0.0
