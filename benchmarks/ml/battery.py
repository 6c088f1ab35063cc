"""The clustering benchmark's point sets with their true groups, and the results others published on them.

Gagolewski 2022 (SoftwareX 20, 101270). A score is the adjusted Rand index, the best over the alternative true
groupings; true label 0 is noise and left out. Columns are not standardised, as in the published runs.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score


@dataclass(frozen=True)
class PointSet:
    """`truths` maps a label file's name to the true group of each point (0 is noise), with its number of groups."""

    name: str
    points: NDArray[np.float64]
    truths: dict[str, NDArray[np.intp]]

    def k(self, truth: str = "labels0") -> int:
        return int(self.truths[truth].max())


def point_sets(data: Path, *, most_points: int = 10_000) -> Iterator[PointSet]:
    """The sets of at most so many points, in the order of the index."""
    with (data / "clustering" / "index.csv").open() as index:
        rows = [row for row in csv.DictReader(index) if int(row["n"]) <= most_points]
    files: dict[str, list[str]] = {}
    for row in rows:
        files.setdefault(f"{row['battery']}/{row['dataset']}", []).append(row["labels"])
    for name, labels in files.items():
        stem = data / "clustering" / name
        truths = {label: np.loadtxt(f"{stem}.{label}.gz", dtype=np.intp) for label in labels}
        yield PointSet(name, np.loadtxt(f"{stem}.data.gz", ndmin=2), truths)


def score(labels: NDArray[np.intp], truth: NDArray[np.intp]) -> float:
    """How well found groups fit the true ones: 1 is perfect, 0 is chance."""
    known = truth > 0
    return float(adjusted_rand_score(truth[known], labels[known]))


def published(data: Path, method: str, names: set[str]) -> float:
    """The published mean over these sets of a method's best score."""
    best: dict[str, float] = {}
    with gzip.open(data / "clustering" / "published_results.csv.gz", "rt") as results:
        for row in csv.DictReader(results):
            name = f"{row['battery']}/{row['dataset']}"
            if row["method"] == method and name in names:
                best[name] = max(best.get(name, -1.0), float(row["ari"]))
    return mean(best.values())
