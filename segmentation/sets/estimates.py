"""How many customers a rule means, from some of them: an estimate with an interval, where counting all takes long.

The sample is of customers, by a hash of their ids: the same ones every time, and not those who came in one week.
Everything of theirs is looked at, so each of them is judged exactly, and only their number says less than all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from pyroaring import BitMap

from segmentation.lake.versions import current_source
from segmentation.rules.nodes import Rule
from segmentation.sets import answers

# Counting exactly may take so many seconds before a sample is asked first.
PATIENCE = 2.0
# Customers of a sample: the interval is at most 1.4 % of all to either side.
SAMPLE = 20_000
# A sample saves little once it is this share of all.
LARGEST_SHARE = 0.25
LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """About how many customers, between which numbers at which level of confidence, from so many looked at."""

    count: int
    low: int
    high: int
    level: float
    sample: int


def estimate(document: Mapping[str, Any] | Rule, *, as_of: datetime) -> Estimate | None:
    """About how many customers a rule means; None where the exact count is quick, or others decide who belongs."""
    rule = document if isinstance(document, Rule) else answers.check(document)
    source, engine = current_source(), answers.engine()
    if engine.seconds(rule, as_of=as_of, source=source) <= PATIENCE:
        return None
    base = engine.population(rule.base, as_of=as_of, timezone=rule.timezone, source=source)
    sample = sample_of(base, SAMPLE)
    if len(sample) > LARGEST_SHARE * len(base):
        return None
    known = answers.CurrentSets()
    found = engine.members_among(sample, rule, as_of=as_of, source=source, references=known)
    if found is None:
        return None
    low, high = interval(len(found), len(sample), len(base), LEVEL)
    return Estimate(round(len(found) * len(base) / len(sample)), low, high, LEVEL, len(sample))


def sample_of(customers: BitMap, size: int) -> BitMap:
    """About so many of the customers, or all if they are fewer; the same ones for the same customers.

    >>> len(sample_of(BitMap(range(100)), 1000))
    100
    """
    if len(customers) <= size:
        return customers
    ids = np.array(customers, dtype=np.uint64)
    return BitMap(ids[_mixed(ids) < np.uint64(size * 2**32 // len(customers))])


def _mixed(ids: np.ndarray) -> np.ndarray:
    """32 bits of each id that look like chance; the finaliser of MurmurHash3 (public domain, Austin Appleby)."""
    mixed = ids & _BITS
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed = ((mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)) & _BITS
    return mixed ^ (mixed >> np.uint64(16))


def interval(found: int, sample: int, population: int, level: float = LEVEL) -> tuple[int, int]:
    """Between which numbers the count of a population lies, if `found` of a sample drawn without return were counted.

    Wilson's interval (1927) with the sample size that a finite population makes of it: n (N - 1) / (N - n). Never
    below what was found, nor above what is left of the population without those who were seen not to belong.

    >>> interval(50, 100, 1000)
    (408, 592)
    >>> interval(7, 20, 20)
    (7, 7)
    """
    least, most = found, population - (sample - found)
    if not sample or sample >= population:
        return least, most
    share, size = found / sample, sample * (population - 1) / (population - sample)
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (share + z * z / (2 * size)) / (1 + z * z / size)
    reach = z / (1 + z * z / size) * sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    low, high = (round(population * edge) for edge in (middle - reach, middle + reach))
    return max(least, low), min(most, high)


_BITS = np.uint64(0xFFFFFFFF)
