"""Lift against published figures, and against what chance does in simulated campaigns."""

import doctest
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segmentation.measurement.statistics import looks, power
from segmentation.measurement.statistics.lift import lift_of_means, lift_of_shares
from segmentation.measurement.statistics.ratio import check_ratio

CAMPAIGNS = 500


@pytest.mark.parametrize("module", ["lift", "ratio", "looks", "power", "correction", "uplift"])
def test_the_examples_in_the_docstrings_hold(module: str) -> None:
    found = doctest.testmod(import_module(f"segmentation.measurement.statistics.{module}"))
    assert (found.failed, found.attempted > 0) == (0, True)


@pytest.fixture(scope="module")
def hillstrom(data) -> pd.DataFrame:
    return pd.read_parquet(data / "hillstrom" / "hillstrom.parquet")


@pytest.mark.parametrize(
    ("arm", "visits", "conversion", "spend"),
    [("Mens E-Mail", 0.0766, 0.0068, 0.770), ("Womens E-Mail", 0.0452, 0.0031, 0.424)],
)
def test_the_published_lifts_of_an_email_campaign_are_found(hillstrom, arm, visits, conversion, spend) -> None:
    treated, held_out = (hillstrom[hillstrom.segment == name] for name in (arm, "No E-Mail"))

    def share(outcome: str):
        return lift_of_shares(*((int(group[outcome].sum()), len(group)) for group in (treated, held_out)))

    assert share("visit").difference == pytest.approx(visits, abs=5e-5)
    assert share("conversion").difference == pytest.approx(conversion, abs=5e-5)
    money = lift_of_means(treated.spend.to_numpy(), held_out.spend.to_numpy())
    assert money.difference == pytest.approx(spend, abs=5e-4)
    assert all(lift.is_clear for lift in (share("visit"), share("conversion"), money))


def test_the_interval_of_means_is_welchs() -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(1, 2, 30), random.normal(0, 1, 50)

    ours, theirs = lift_of_means(a, b), stats.ttest_ind(a, b, equal_var=False)

    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval()))
    assert ours.p_value == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("by_shares", [True, False])
def test_intervals_hold_the_truth_as_often_as_they_say(by_shares: bool) -> None:
    random = np.random.default_rng(2)
    held = 0
    for _ in range(CAMPAIGNS):
        if by_shares:
            lift = lift_of_shares((random.binomial(900, 0.05), 900), (random.binomial(100, 0.02), 100))
        else:
            lift = lift_of_means(random.gamma(0.5, 8, 900) + 0.03, random.gamma(0.5, 8, 300))
        held += lift.low <= 0.03 <= lift.high
    assert held >= stats.binom.ppf(0.001, CAMPAIGNS, 0.95)


def test_earlier_behaviour_narrows_the_interval_and_moves_no_truth() -> None:
    random = np.random.default_rng(3)
    held, narrower = 0, 0
    for _ in range(CAMPAIGNS):
        before = random.gamma(1, 20, (1000, 2))
        outcome = before @ [0.8, 0.3] + random.normal(0, 10, 1000)
        treated = random.random(1000) < 0.8
        outcome[treated] += 2 + 0.2 * (before[treated, 0] - 20)
        groups = (outcome[treated], outcome[~treated])
        adjusted = lift_of_means(*groups, before=(before[treated], before[~treated]))
        plain = lift_of_means(*groups)
        held += adjusted.low <= 2 <= adjusted.high
        narrower += adjusted.high - adjusted.low < plain.high - plain.low
        assert adjusted.explained > 0
    assert held >= stats.binom.ppf(0.001, CAMPAIGNS, 0.95)
    assert narrower == CAMPAIGNS


def test_what_says_nothing_about_earlier_behaviour_changes_nothing() -> None:
    random = np.random.default_rng(4)
    a, b = random.normal(1, 1, 400), random.normal(0, 1, 200)

    same = lift_of_means(a, b, before=(np.ones(400), np.ones(200)))

    assert same.difference == pytest.approx(lift_of_means(a, b).difference)


def test_daily_looks_raise_no_more_false_alarms_than_one() -> None:
    days, treated, held_out = 14, 1800, 200
    random = np.random.default_rng(5)
    alarms = 0
    for _ in range(CAMPAIGNS):
        # How readily each customer buys differs widely, so that the looks hang together.
        readiness = random.beta(0.5, 20, treated + held_out)
        bought_by_day = random.geometric(np.maximum(readiness, 1e-9))
        seen = [bought_by_day <= day for day in range(1, days + 1)]
        alarms += any(
            lift_of_shares(
                (int(bought[:treated].sum()), treated),
                (int(bought[treated:].sum()), held_out),
                alpha=looks.alpha_at(look, planned=days),
            ).is_clear
            for look, bought in enumerate(seen, start=1)
        )
    assert alarms <= 0.05 * CAMPAIGNS


def test_a_planted_effect_is_found_as_often_as_the_power_says() -> None:
    treated, held_out, base = 1800, 500, 0.10
    assert power.smallest_effect(treated=treated, held_out=held_out, share=base) < 0.05
    random = np.random.default_rng(6)
    found = [
        lift_of_shares((random.binomial(treated, base + 0.05), treated), (random.binomial(held_out, base), held_out))
        for _ in range(CAMPAIGNS)
    ]
    assert sum(lift.low > 0 for lift in found) >= 0.8 * CAMPAIGNS


@pytest.mark.parametrize(("treated", "held_out", "base"), [(1800, 500, 0.10), (9000, 1000, 0.05), (50_000, 5000, 0.01)])
def test_the_smallest_effect_is_found_with_the_power_that_is_stated(treated: int, held_out: int, base: float) -> None:
    smallest = power.smallest_effect(treated=treated, held_out=held_out, share=base)
    random = np.random.default_rng(7)
    found = sum(
        lift_of_shares(
            (random.binomial(treated, base + smallest), treated), (random.binomial(held_out, base), held_out)
        ).low
        > 0
        for _ in range(CAMPAIGNS)
    )
    assert stats.binom.ppf(0.001, CAMPAIGNS, 0.77) <= found <= stats.binom.ppf(0.999, CAMPAIGNS, 0.83)


def test_a_split_other_than_planned_is_flagged_and_a_planned_one_is_not() -> None:
    assert not check_ratio(treated=600, held_out=400, planned=0.5).is_sound
    held_out = np.random.default_rng(8).binomial(2000, 0.1, 5000)
    sound = [check_ratio(treated=2000 - int(n), held_out=int(n), planned=0.1).is_sound for n in held_out]
    assert sound.count(False) <= stats.binom.ppf(0.999, 5000, 0.001)
    assert check_ratio(treated=100, held_out=0, planned=0).is_sound


def test_a_group_without_customers_is_a_clear_error() -> None:
    with pytest.raises(ValueError, match="holdout"):
        lift_of_shares((1, 2), (0, 0))
    with pytest.raises(ValueError, match="holdout"):
        lift_of_means(np.ones(3), np.ones(1))


def test_looks_are_given_no_more_than_the_whole_chance() -> None:
    assert sum(looks.alpha_at(look, planned=30) for look in range(1, 31)) == pytest.approx(0.05)
    assert looks.alpha_at(1, planned=1) == 0.05
    with pytest.raises(ValueError, match="not planned"):
        looks.alpha_at(3, planned=2)
