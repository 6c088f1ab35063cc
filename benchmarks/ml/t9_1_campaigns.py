"""T9.1: lift and uplift on Hillstrom's e-mail experiment beside the published figures; false alarms and power.

Alarms are those of the intervals that the results page shows, over 500 simulated campaigns of 14 days.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.ml.figure import Figure
from segmentation.measurement.statistics import looks, power, uplift
from segmentation.measurement.statistics.lift import Lift, lift_of_means, lift_of_shares
from segmentation.measurement.statistics.ratio import check_ratio

NOBODY = "No E-Mail"
# Difference in visits and conversion (shares) and in spend (dollars), exact from the file.
PUBLISHED = {"Mens E-Mail": (0.0766, 0.0068, 0.770), "Womens E-Mail": (0.0452, 0.0031, 0.424)}
KNOWN = ["recency", "history_segment", "history", "mens", "womens", "zip_code", "newbie", "channel"]
SEEDS = range(42, 47)
CAMPAIGNS, DAYS = 500, 14
TREATED, HELD_OUT, BASE = 1800, 500, 0.10


def figures(data: Path) -> Iterator[Figure]:
    customers = pd.read_parquet(data / "hillstrom" / "hillstrom.parquet")
    for arm, published in PUBLISHED.items():
        yield from _lifts(customers, arm, published)
    yield from _uplift(customers)
    yield from _alarms()
    yield from _power()
    flagged = not check_ratio(treated=600, held_out=400, planned=0.5).is_sound
    yield Figure("G18", "600 to 400 where half and half was planned is flagged", float(flagged), None, 1)


def _lifts(customers: pd.DataFrame, arm: str, published: Sequence[float]) -> Iterator[Figure]:
    treated, held_out = (customers[customers.segment == name] for name in (arm, NOBODY))

    def share(outcome: str) -> Lift:
        return lift_of_shares(*((int(group[outcome].sum()), len(group)) for group in (treated, held_out)))

    money = lift_of_means(treated.spend.to_numpy(), held_out.spend.to_numpy())
    lifts = (("visits", share("visit"), 100), ("conversion", share("conversion"), 100), ("spend", money, 1))
    for (name, lift, by), truth in zip(lifts, published, strict=True):
        interval = f"{by * lift.low:.2f} to {by * lift.high:.2f}"
        unit = "points" if by == 100 else "dollars"
        yield Figure("T9", f"{arm}: {name}", by * lift.difference, by * truth, unit=unit, note=interval)
        away = abs(lift.difference - truth)
        yield Figure("T9", f"{arm}: {name}, distance", by * away, None, by * (5e-5 if by == 100 else 5e-4), "at most")
    check = check_ratio(treated=len(treated), held_out=len(held_out), planned=0.5)
    yield Figure("T9", f"{arm}: p of its split", check.p_value, None, 0.001)


def _uplift(customers: pd.DataFrame) -> Iterator[Figure]:
    women, men = (_reports(customers, arm) for arm in ("Womens E-Mail", "Mens E-Mail"))
    yield Figure("T9.1", "women's Qini, mean of five splits", _mean(women, "qini"), 0.0754, 0.070)
    yield Figure("T9.1", "women's uplift among the best 30 %", _mean(women, "uplift_at_30"), 0.0765, 0.074)
    usable = sum(report.is_usable for report in women)
    yield Figure("T9.1", "women's splits called usable", usable, None, 5, note="of 5")
    yield Figure("T9.1", "men's Qini, mean of five splits", _mean(men, "qini"), 0.007)
    usable = sum(report.is_usable for report in men)
    yield Figure("T9.1", "men's splits called usable", usable, None, 0, "at most", note="of 5: each is warned of")


def _reports(customers: pd.DataFrame, arm: str) -> list[uplift.UpliftReport]:
    some = customers[customers.segment.isin([arm, NOBODY])]
    features = pd.get_dummies(some[KNOWN], dtype=float).to_numpy()
    visited, treated = (some.visit == 1).to_numpy(), (some.segment == arm).to_numpy()
    return [uplift.evaluate(features, visited, treated, seed=seed) for seed in SEEDS]


def _mean(reports: Sequence[uplift.UpliftReport], field: str) -> float:
    return float(np.mean([getattr(report, field) for report in reports]))


def _alarms() -> Iterator[Figure]:
    """Of campaigns that do nothing: how many are called clear at their end, and on any day of looking."""
    random = np.random.default_rng(5)
    once = daily = 0
    for _ in range(CAMPAIGNS):
        # How readily each customer buys differs widely, so that the looks hang together.
        bought_on = random.geometric(np.maximum(random.beta(0.5, 20, TREATED + HELD_OUT), 1e-9))
        clear = [_clear(bought_on <= day, looks.alpha_at(day, planned=DAYS)) for day in range(1, DAYS + 1)]
        once += _clear(bought_on <= DAYS, 0.05)
        daily += any(clear)
    yield Figure("G18", "false alarms, looking once", 100 * once / CAMPAIGNS, None, unit="%", note="5 expected")
    yield Figure("G18", "false alarms, looking daily", 100 * daily / CAMPAIGNS, None, 5, "at most", unit="%")


def _clear(bought: np.ndarray, alpha: float) -> bool:
    treated, held_out = bought[:TREATED], bought[TREATED:]
    counts = ((int(treated.sum()), TREATED), (int(held_out.sum()), HELD_OUT))
    return lift_of_shares(*counts, alpha=alpha).is_clear


def _power() -> Iterator[Figure]:
    """A planted effect of five points, and one just as large as the page says can be found."""
    random = np.random.default_rng(6)
    smallest = power.smallest_effect(treated=TREATED, held_out=HELD_OUT, share=BASE)
    assert smallest is not None
    for name, effect, least in (
        ("+5 points", 0.05, 80.0),
        (f"+{100 * smallest:.1f} points, the smallest", smallest, 75.0),
    ):
        found = sum(
            lift_of_shares(
                (random.binomial(TREATED, BASE + effect), TREATED), (random.binomial(HELD_OUT, BASE), HELD_OUT)
            ).low
            > 0
            for _ in range(CAMPAIGNS)
        )
        yield Figure("G18", f"planted {name}, found", 100 * found / CAMPAIGNS, None, least, unit="%")
