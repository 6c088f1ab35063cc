"""Uplift against the published figures of an e-mail campaign."""

import numpy as np
import pandas as pd
import pytest

from segmentation.measurement.statistics import uplift

# The protocol: five splits of 70 to 30.
SEEDS = range(42, 47)
KNOWN = ["recency", "history_segment", "history", "mens", "womens", "zip_code", "newbie", "channel"]


def reports(data, arm: str) -> list[uplift.UpliftReport]:
    customers = pd.read_parquet(data / "hillstrom" / "hillstrom.parquet")
    customers = customers[customers.segment.isin([arm, "No E-Mail"])]
    features = pd.get_dummies(customers[KNOWN], dtype=float).to_numpy()
    treated = (customers.segment == arm).to_numpy()
    return [uplift.evaluate(features, (customers.visit == 1).to_numpy(), treated, seed=seed) for seed in SEEDS]


def test_customers_of_womens_fashion_are_told_apart_as_well_as_published(data) -> None:
    found = reports(data, "Womens E-Mail")

    assert np.mean([report.qini for report in found]) >= 0.070
    assert np.mean([report.uplift_at_30 for report in found]) >= 0.074
    assert all(report.is_usable for report in found)


def test_a_campaign_that_works_on_all_alike_is_not_said_to_be_targetable(data) -> None:
    assert not any(report.is_usable for report in reports(data, "Mens E-Mail"))


def test_chance_has_no_area_and_the_best_order_has_all_of_it() -> None:
    random = np.random.default_rng(1)
    outcome, treated = random.random(20_000) < 0.3, random.random(20_000) < 0.5
    best = np.where(treated, outcome, -outcome.astype(float))

    assert uplift.qini(outcome, random.random(20_000), treated) == pytest.approx(0, abs=0.05)
    assert uplift.qini(outcome, best, treated) == 1
    assert uplift.qini(outcome, np.zeros(20_000), treated) == 0


def test_too_few_outcomes_are_refused() -> None:
    outcome, treated = np.arange(1000) < 20, np.arange(1000) % 2 == 0
    with pytest.raises(uplift.TooFewOutcomes):
        uplift.evaluate(np.ones((1000, 1)), outcome, treated, seed=1)
