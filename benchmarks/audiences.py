"""Claims: who is reached, of a million customers, is known at once; and what is reached is written quickly."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
from pyroaring import BitMap

from benchmarks.claims import Claim, at_least, at_most
from customers import consent
from segmentation.activation.columns import chosen
from segmentation.activation.destinations.base import Shipment
from segmentation.activation.destinations.file import File
from segmentation.activation.services import rows
from segmentation.audiences.holdout import held_out
from segmentation.audiences.waterfall import waterfall
from segmentation.sets import answers

MILLION = 1_000_000
SALT = UUID(int=7)
COLUMNS = ("external_id", "name", "email", "phone", "trait:age_band", "trait:income_band")
EVERYBODY = {"version": 1, "rule": {"feature": "frequency", "op": "at_least", "value": 0}}


def claims(folder: Path, repeat: int) -> Iterator[Claim]:
    everybody = BitMap(range(1, MILLION + 1))
    yield at_most(
        "lots of 1 M customers",
        1.0,
        "s",
        [_seconds(lambda: held_out(everybody, salt=SALT, percent=10)) for _ in range(repeat)],
    )
    sets = [_random_set(share, seed) for seed, share in enumerate((0.9, 0.8, 0.7, 0.1, 0.05, 0.6))]
    yield at_most(
        "waterfall of 1 M customers, six sets, holdout",
        1.0,
        "s",
        [_seconds(lambda: _fall(sets)) for _ in range(repeat)],
    )
    yield at_least("rows exported", 5_000, "rows/s", [_exported(folder, attempt) for attempt in range(repeat)])


def _fall(sets: list[BitMap]) -> None:
    """((a ∩ b) ∪ c) less (d ∪ e), of those who agreed (f)."""
    a, b, c, d, e, f = sets
    fall = waterfall((a & b) | c, excluded=d | e, reachable=f, salt=SALT, holdout_percent=10)
    assert fall.counts()[-1]["left"] == len(fall.reached)


def _random_set(share: float, seed: int) -> BitMap:
    chosen = np.random.default_rng(seed).random(MILLION) < share
    return BitMap(np.flatnonzero(chosen).astype(np.uint32) + 1)


def _exported(folder: Path, attempt: int) -> float:
    """Rows a second, from the lake's set to the file on the disk."""
    members = answers.answer(EVERYBODY, as_of=datetime.now(UTC)) & BitMap(consent.reachable(channel="email"))
    columns = chosen(COLUMNS, named=True)
    shipment = Shipment(
        key="bench",
        attempt=attempt,
        title="export",
        header=COLUMNS,
        rows=rows(members, columns),
        folder=folder,
        options={"bom": True},
    )
    return len(members) / _seconds(lambda: File().deliver(shipment))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
