"""Estimates by a sample: when there is one, that the sample is like all, and that the interval holds what it says."""

import numpy as np
import pytest
from pyroaring import BitMap

from segmentation.sets import answers, estimates
from segmentation.sets.estimates import Estimate, estimate, interval, sample_of
from tests.segmentation.corner_shop import AS_OF

BOUGHT = {"version": 1, "rule": {"event": "Order Completed", "window": {"recent_days": 30}}}


@pytest.mark.parametrize("sample", [200, 2_000, 8_000])
def test_intervals_hold_the_count_as_often_as_they_say(sample):
    population = 10_000
    members = np.random.default_rng(sample).integers(0, population + 1, 4_000)
    drawn = np.random.default_rng(1).hypergeometric(members, population - members, sample)
    bounds = [interval(int(found), sample, population) for found in drawn]
    held = np.mean([low <= count <= high for (low, high), count in zip(bounds, members, strict=True)])
    assert 0.94 <= held <= 0.97


def test_hash_samples_are_as_good_as_chance_for_customers_that_ids_tell():
    """Every n-th, the newest, those of one week: what ids know of customers, a sample by ids must not be fooled by."""
    everybody = BitMap(range(1, 100_001))
    sample = sample_of(everybody, 5_000)
    groups = [BitMap(range(start, 100_001, step)) for step in (2, 3, 7, 64, 1000) for start in range(1, 30)]
    groups += [BitMap(range(start, start + 3_000)) for start in range(1, 90_000, 1_500)]
    held = [
        low <= len(group) <= high
        for group in groups
        for low, high in [interval(len(group & sample), len(sample), len(everybody))]
    ]
    assert np.mean(held) >= 0.92
    assert abs(len(sample) - 5_000) < 300


def test_a_sample_is_the_same_every_time_and_of_the_customers_asked_for():
    odd = BitMap(range(1, 100_000, 2))
    assert sample_of(odd, 1_000) == sample_of(BitMap(odd), 1_000) <= odd


@pytest.mark.parametrize(("found", "sample", "population"), [(0, 10, 100), (10, 10, 100), (3, 10, 11)])
def test_intervals_stay_within_what_was_seen(found, sample, population):
    low, high = interval(found, sample, population)
    assert found <= low <= high <= population - (sample - found)


@pytest.fixture
def impatient(monkeypatch):
    """Nothing is quick, and eight customers are a sample."""
    monkeypatch.setattr(estimates, "PATIENCE", 0.0)
    monkeypatch.setattr(estimates, "SAMPLE", 8)
    monkeypatch.setattr(estimates, "LARGEST_SHARE", 1.0)


@pytest.mark.django_db
@pytest.mark.usefixtures("corner_shop", "impatient")
class TestInTheShop:
    @pytest.fixture(autouse=True)
    def _nothing_known(self):
        answers.engine().forget_answers()

    def test_an_estimate_looks_at_the_sample_alone(self):
        base = answers.answer({"version": 1, "rule": {"trait": "first_seen", "op": "is_present"}}, as_of=AS_OF)
        sample = sample_of(base, 8)
        told = estimate(BOUGHT, as_of=AS_OF)
        found = len(answers.answer(BOUGHT, as_of=AS_OF) & sample)
        low, high = interval(found, len(sample), len(base))
        assert told == Estimate(round(found * len(base) / len(sample)), low, high, 0.95, len(sample))

    def test_what_is_known_needs_no_estimate(self):
        answers.answer(BOUGHT, as_of=AS_OF)
        assert estimate(BOUGHT, as_of=AS_OF) is None

    def test_quick_counts_need_no_estimate(self, monkeypatch):
        monkeypatch.setattr(estimates, "PATIENCE", 60.0)
        assert estimate(BOUGHT, as_of=AS_OF) is None

    def test_the_best_of_all_cannot_be_told_from_some(self):
        spent = {"event": "Order Completed", "measure": {"sum": "total"}}
        best = {"top": {"count": 3}, "by": spent, "window": {"all_time": True}}
        assert estimate({"version": 1, "rule": best}, as_of=AS_OF) is None
