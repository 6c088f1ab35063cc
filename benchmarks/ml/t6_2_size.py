"""T6.2: 100,000 customers of 30 features, one in a hundred labelled: the graph of ten neighbours, and the spreading."""

import resource
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.ml.figure import Figure
from segmentation.similarity.graph import knn_graph
from segmentation.similarity.propagation import spread

NODES, CLASSES = 100_000, 10


def figures(data: Path) -> Iterator[Figure]:
    with get_context("spawn").Pool(1) as pool:
        seconds, worked, gigabytes, right = pool.apply(measured)
    yield Figure(
        "T6.2",
        "100,000 nodes, graph and spreading",
        seconds,
        3.0,
        15,
        "at most",
        "s",
        f"{worked:.1f} s of processor; published: faiss, our run",
    )
    yield Figure("T6.2", "100,000 nodes, peak memory", gigabytes, None, 1, "at most", "GB")
    yield Figure("T6.2", "100,000 nodes, 1 % labelled, right", right, 0.836, note="our reference run on a similar draw")


def measured() -> tuple[float, float, float, float]:
    """Seconds by the clock and by the processor, gigabytes at the peak, and the share that is right."""
    random = np.random.default_rng(0)
    labels = random.integers(0, CLASSES, NODES)
    rows = (random.normal(0, 1, (CLASSES, 30))[labels] + random.normal(0, 1.6, (NODES, 30))).astype(np.float32)
    seeds = random.choice(NODES, NODES // 100, replace=False)
    start = np.zeros((NODES, CLASSES))
    start[seeds, labels[seeds]] = 1
    begun, worked = time.perf_counter(), time.process_time()
    found = spread(knn_graph(rows, 10, seed=0), start)
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return seconds, worked, peak, float((found.labels == labels).mean())
