"""Handlers for tests, in a worker of their own: they wait for a file before they commit."""

import os
import time
from datetime import timedelta
from pathlib import Path

from pyroaring import BitMap

from segmentation.runs import claims, executor
from segmentation.runs.handlers import handles
from segmentation.sets import store

# A lease of seconds, so that nobody has to wait a minute to see it run out.
if "SEGTAG_TEST_LEASE" in os.environ:
    claims.LEASE = timedelta(seconds=float(os.environ["SEGTAG_TEST_LEASE"]))
    executor.BEAT = claims.LEASE.total_seconds() / 4


@handles("tests.slow")
def slow(claim: claims.Claim) -> None:
    """Publishes the customers in `params`, by whoever gets there; waits until `params["gate"]` exists."""
    gate = Path(claim.params["gate"])
    Path(f"{gate}.reached-{os.getpid()}").touch()
    while not gate.exists():
        time.sleep(0.05)
    named_set = store.named("segment", claim.subject, label_zh="慢", label_en="Slow")
    with claim.commit({"pid": os.getpid()}):
        store.publish({named_set: BitMap(claim.params["members"])}, run=claim.run, as_of=claim.as_of)


@handles("tests.broken")
def broken(claim: claims.Claim) -> None:
    raise ZeroDivisionError("always")


@handles("tests.deadly")
def deadly(claim: claims.Claim) -> None:
    """Takes its worker along, as a lack of memory does."""
    os._exit(137)


@handles("tests.partition")
def partition(claim: claims.Claim) -> None:
    """Publishes the customers 0 … 999 in parts, other ones in each round, after a moment of work."""
    parts, turn = claim.params["parts"], claim.params["round"]
    for step in range(claim.params["steps"]):
        claim.heartbeat("working", step, claim.params["steps"])
        time.sleep(0.02)
    names = [store.named("tag_value", claim.subject, str(n), label_zh="份", label_en="Part") for n in range(parts)]
    members = {name: BitMap(pk for pk in range(1000) if (pk * (turn + 1)) % parts == n) for n, name in enumerate(names)}
    with claim.commit({"round": turn}):
        store.publish(members, run=claim.run, as_of=claim.as_of)
