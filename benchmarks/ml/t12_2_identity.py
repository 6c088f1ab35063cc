"""T12.2: do customers keep the group that they are in when the data are refreshed?

100,000 generated customers, 12 features, 8 groups, through the product's kind of tag: the share who keep their group's
key when nothing changed (a refresh), and after a rebuild from nothing when all data are a little noisy, when 5 % or
20 % of the customers became others and the features drifted. Without matching a rebuild keeps .19, .10 and .08.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from benchmarks.ml.figure import Figure
from benchmarks.ml.invented import context
from segmentation.tags.kinds.base import Context, Outcome
from segmentation.tags.kinds.cluster import Cluster

CUSTOMERS, COLUMNS, GROUPS = 100_000, 12, 8
KIND = Cluster()
# What happens to the data: noise on every value, the share of customers who become others, drift of the features.
CHANGES = {
    "noise only": (0.05, 0.0, 0.0, 0.98, 0.989),
    "5 % moved, small drift": (0.05, 0.05, 0.03, 0.94, 0.946),
    "20 % moved, drift": (0.05, 0.20, 0.10, 0.81, 0.815),
}


def figures(data: Path) -> Iterator[Figure]:
    random = np.random.default_rng(0)
    centres = random.normal(0, 1.6, (GROUPS, COLUMNS))
    rows = _drawn(random.integers(0, GROUPS, CUSTOMERS), centres, random)
    first = _computed(context(rows), GROUPS)
    again = _computed(_later(context(rows), first), GROUPS)
    yield Figure("T12.2", "unchanged data, refreshed: same key", _kept(first, again), 1.0, 0.999)
    for name, (noise, moved, drift, limit, published) in CHANGES.items():
        other = _changed(rows, centres, noise, moved, drift)
        rebuilt = _computed(replace(_later(context(other), first), previous={}), GROUPS)
        yield Figure("T12.2", f"{name}, rebuilt: same key", _kept(first, rebuilt), published, limit)
        refreshed = _computed(_later(context(other), first), GROUPS)
        yield Figure("T12.2", f"{name}, refreshed: same key", _kept(first, refreshed), published, note="for comparison")
    nine = _computed(_later(context(rows), first), GROUPS + 1)
    survive = len(set(first.members) & set(nine.members))
    yield Figure("T12.2", "keys that survive from 8 to 9 groups", survive, 8, 8)


def _drawn(group: NDArray[np.intp], centres: NDArray, random: np.random.Generator) -> NDArray:
    return centres[group] + random.normal(size=(len(group), COLUMNS))


def _changed(rows: NDArray, centres: NDArray, noise: float, moved: float, drift: float) -> NDArray:
    random = np.random.default_rng(1)
    others = random.random(len(rows)) < moved
    fresh = _drawn(random.integers(0, GROUPS, len(rows)), centres, random)
    changed = np.where(others[:, None], fresh, rows) + random.normal(0, noise, rows.shape)
    return changed + drift * random.normal(size=COLUMNS)


def _computed(given: Context, k: int) -> Outcome:
    keys = [f"f{place}" for place in range(COLUMNS)]
    return KIND.compute(KIND.read({"features": keys, "k": k}), given)


def _later(given: Context, outcome: Outcome) -> Context:
    known = {value.key: value for value in outcome.values}
    previous = msgspec.json.decode(msgspec.json.encode(outcome.details))
    return replace(given, known=known, current=outcome.members, previous=previous)


def _kept(first: Outcome, second: Outcome) -> float:
    nobody = BitMap()
    members: Mapping[str, BitMap] = second.members
    same = sum(len(group & members.get(key, nobody)) for key, group in first.members.items())
    return same / CUSTOMERS
