"""A million customers × all features, clustered by the product's own job: seconds and peak memory of each algorithm.

Each runs in a process of its own. The seconds take in reading the features from the lake, encoding, fitting, judging,
describing and storing the sets; scikit-learn alone has the encoded rows in memory and fits.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.ml.figure import Figure

LIMITS = {"kmeans": 20, "mixture": 90, "hdbscan": 90, "ward": 90, "genie": 90}
MOST_MB = 3_000


def figures(data: Path) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="segtag-million-") as folder:
        _run(folder, "make")
        alone = _run(folder, "alone")["seconds"]
        for algorithm, limit in LIMITS.items():
            measured = _run(folder, algorithm)
            name = f"{algorithm}, 1 M customers × {measured['features']} features"
            yield Figure(
                "T13",
                name,
                measured["seconds"],
                None,
                limit,
                "at most",
                "s",
                f"{measured['cpu_seconds']:.1f} s of processor",
            )
            yield Figure("T13", f"{algorithm}, peak memory", measured["peak_mb"], None, MOST_MB, "at most", "MB")
            if algorithm == "kmeans":
                yield Figure(
                    "T13", "kmeans, beside scikit-learn alone", measured["seconds"] / alone, None, 1.5, "at most",
                    "times", f"alone {alone:.1f} s for the fit",
                )  # fmt: skip


def _run(folder: str, what: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.ml.million", folder, what]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{what}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
