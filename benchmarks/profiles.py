"""Claim: the features of all customers are computed, written and published quickly."""

import resource
import time
from collections.abc import Iterator

from benchmarks.claims import Claim, at_most
from segmentation import handlers
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.runs.services import request_run

assert handlers
KIB_PER_MB = 1000


def claims(repeat: int) -> Iterator[Claim]:
    """Runs the job in this process, `repeat` times."""
    yield at_most("features of all customers", 5, "s", [_once() for _ in range(repeat)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MB
    yield at_most("peak memory of computing features", 1500, "MB", [peak])


def _once() -> float:
    start = time.perf_counter()
    run = execute(request_run(kind="profiles.compute").pk)
    assert run is not None
    assert run.state == Run.State.SUCCEEDED, run.error
    return time.perf_counter() - start
