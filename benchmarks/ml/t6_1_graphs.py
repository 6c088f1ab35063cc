"""T6.1: two moons with six labels, and the papers of Cora with 140: by the graph alone, and with the words.

Published (recalled from the GCN paper): label propagation .680, GCN .815 on the same split.

Settings are chosen without the test part: of the moons on five other draws of them, of Cora on the 500 papers of the
split's validation part. Tried first for the moons: the reach that gives each of the six labels the largest chance when
it is left out, which needs no other draws; six labels are too few to choose by (shown). An earlier version had taken a
reach of 1 after looking at the test part.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.datasets import make_moons

from benchmarks.ml.figure import Figure
from segmentation.similarity.graph import knn_graph
from segmentation.similarity.propagation import UNKNOWN, Spread, smoothed_classifier, spread

# The least loss first: of reaches as good, that one is taken.
REACHES = (1, 0.99, 0.9, 0.8)
STRENGTHS = (1, 10, 100)
# Draws of the moons that are not tested on.
OTHERS = range(100, 105)
CLASSES = 7


def figures(data: Path) -> Iterator[Figure]:
    reach = max(REACHES, key=lambda reach: _mean(_right(*_moons(seed), reach) for seed in OTHERS))
    note = f"reach {reach:g} by other draws; published: sklearn's LabelSpreading"
    right = _mean(_right(*_moons(seed), reach) for seed in range(10))
    yield Figure("T6.1", "two moons, noise .15, six labels", right, 0.857, 0.94, note=note)
    alone = _mean(_right(*moons, _by_left_out(*moons)) for moons in map(_moons, range(10)))
    yield Figure("T6.1", "two moons, reach by left-out labels", alone, note="for comparison")
    yield from _cora_figures(*_cora(data / "graphs" / "cora"))


def _cora_figures(
    graph: sparse.csr_array, words: sparse.csr_array, labels: np.ndarray, split: np.ndarray
) -> Iterator[Figure]:
    known = split == "train"
    start = np.where(known[:, None], np.eye(CLASSES)[labels], 0)
    told = np.where(known, labels, UNKNOWN)

    def right(found: Spread, part: str) -> float:
        return float((found.labels == labels)[split == part].mean())

    alone = {reach: spread(graph, start, alpha=reach, keep=known) for reach in REACHES}
    reach = max(alone, key=lambda reach: right(alone[reach], "val"))
    note = f"reach {reach:g} by validation"
    yield Figure("T6.1", "Cora, graph alone", right(alone[reach], "test"), 0.680, 0.71, note=note)
    yield Figure("T6.1", "Cora, graph alone, reach 1", right(alone[1], "test"), note="for comparison")
    both = {
        (alpha, strength): smoothed_classifier(
            graph, words, told, classes=CLASSES, seed=0, alpha=alpha, strength=strength
        )
        for alpha, strength in product((0.8, 0.9, 0.5), STRENGTHS)
    }
    best = max(both, key=lambda settings: right(both[settings], "val"))
    note = f"published: GCN; reach {best[0]:g} and strength {best[1]:g} by validation"
    yield Figure("T6.1", "Cora, graph and words", right(both[best], "test"), 0.815, 0.82, note=note)
    yield Figure("T6.1", "Cora, graph and words, as the product", right(both[0.8, 10], "test"), note="for comparison")


def _mean(numbers: Iterator[float]) -> float:
    return float(np.mean(list(numbers)))


def _moons(seed: int) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """The graph of the points, the moon of each, and which six are labelled."""
    rows, labels = make_moons(2000, noise=0.15, random_state=seed)
    random = np.random.default_rng(seed)
    seeds = np.concatenate([random.choice(np.flatnonzero(labels == label), 3, replace=False) for label in (0, 1)])
    return knn_graph(rows, 10, seed=0), labels, seeds


def _spread(graph: sparse.csr_array, labels: np.ndarray, seeds: np.ndarray, reach: float) -> Spread:
    start = np.zeros((len(labels), 2))
    start[seeds, labels[seeds]] = 1
    return spread(graph, start, alpha=reach, keep=start.any(axis=1), most=3000)


def _right(graph: sparse.csr_array, labels: np.ndarray, seeds: np.ndarray, reach: float) -> float:
    return float((_spread(graph, labels, seeds, reach).labels == labels).mean())


def _by_left_out(graph: sparse.csr_array, labels: np.ndarray, seeds: np.ndarray) -> float:
    """The reach that gives left-out labels the largest chance, as a mean of logarithms."""

    def chance(reach: float) -> float:
        found = (
            _spread(graph, labels, np.delete(seeds, place), reach).shares[out, labels[out]]
            for place, out in enumerate(seeds)
        )
        return float(np.log(np.maximum(list(found), 1e-6)).mean())

    return max(REACHES, key=chance)


def _cora(folder: Path) -> tuple[sparse.csr_array, sparse.csr_array, np.ndarray, np.ndarray]:
    nodes, edges, words = (pd.read_parquet(folder / f"{part}.parquet") for part in ("nodes", "edges", "features"))
    half = sparse.csr_array((np.ones(len(edges)), (edges.src, edges.dst)), shape=(len(nodes),) * 2)
    features = sparse.csr_array((words.value.astype(float), (words.node_id, words.feature)))
    return sparse.csr_array(half + half.T), features, nodes.label.to_numpy(int), nodes.split.to_numpy()
