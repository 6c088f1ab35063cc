"""Boosted trees as plain numbers: scored, explained and saved as JSON without the library that grew them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Tree:
    """Nodes in arrays; a leaf has left 0. Values are what reaching the node adds, inner nodes included."""

    feature: NDArray[np.intp]
    threshold: Numbers
    missing_left: NDArray[np.bool_]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    value: Numbers

    def path(self, rows: Numbers) -> list[NDArray[np.intp]]:
        """The node of every row, level by level, until all are in a leaf."""
        at = np.zeros(len(rows), dtype=np.intp)
        found = [at]
        while (inner := self.left[at] > 0).any():
            values = rows[np.arange(len(rows)), self.feature[at]]
            goes_left = np.where(np.isnan(values), self.missing_left[at], values <= self.threshold[at])
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)
            found.append(at)
        return found


@dataclass(frozen=True)
class Forest:
    """`base` plus what every tree adds: log-odds."""

    base: float
    trees: tuple[Tree, ...]

    def score(self, rows: Numbers) -> Numbers:
        """The log-odds of each row."""
        return self.base + sum((tree.value[tree.path(rows)[-1]] for tree in self.trees), np.zeros(len(rows)))

    def contributions(self, rows: Numbers) -> tuple[float, Numbers]:
        """What everybody starts from, and what each feature adds: with it the sum is the score (Saabas 2014)."""
        start, found = self.base, np.zeros(rows.shape)
        for tree in self.trees:
            start += float(tree.value[0])
            path = tree.path(rows)
            for before, after in pairwise(path):
                moved = np.flatnonzero(before != after)
                np.add.at(
                    found,
                    (moved, tree.feature[before[moved]]),
                    tree.value[after[moved]] - tree.value[before[moved]],
                )
        return start, found

    def to_json(self) -> dict[str, Any]:
        def plain(tree: Tree) -> dict[str, list[Any]]:
            return {name: values.tolist() for name, values in vars(tree).items()}

        return {"base": self.base, "trees": [plain(tree) for tree in self.trees]}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> "Forest":
        types = {"feature": np.intp, "left": np.intp, "right": np.intp, "missing_left": np.bool_}
        trees = [
            Tree(**{name: np.array(values, dtype=types.get(name, np.float64)) for name, values in tree.items()})
            for tree in saved["trees"]
        ]
        return cls(saved["base"], tuple(trees))

    @classmethod
    def of(cls, fitted: Any) -> "Forest":
        """From a fitted HistGradientBoostingClassifier of two classes without categories."""
        rate, trees = fitted.learning_rate, []
        for [predictor] in fitted._predictors:
            nodes = predictor.nodes
            # Leaves hold the shrunk value, inner nodes the one before shrinking.
            value = np.where(nodes["is_leaf"], nodes["value"], rate * nodes["value"])
            trees.append(
                Tree(
                    nodes["feature_idx"].astype(np.intp),
                    nodes["num_threshold"].astype(np.float64),
                    nodes["missing_go_to_left"].astype(np.bool_),
                    np.where(nodes["is_leaf"], 0, nodes["left"]).astype(np.intp),
                    np.where(nodes["is_leaf"], 0, nodes["right"]).astype(np.intp),
                    value.astype(np.float64),
                )
            )
        return cls(float(np.ravel(fitted._baseline_prediction)[0]), tuple(trees))
