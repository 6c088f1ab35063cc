"""Who a campaign works on: the T-learner, judged by Qini with an interval.

Two logistic regressions, of those treated and of those held out; a customer's uplift is the difference of the two
chances. The Qini coefficient is the area between the curve and chance, in parts of the best possible curve's (Radcliffe
2007; as normalised by Devriendt et al. 2020).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TEST_SHARE = 0.3
RESAMPLES = 200
# Fewer outcomes than this in either group teach nothing.
LEAST = 100


@dataclass(frozen=True)
class UpliftReport:
    """How well customers could be told apart by their uplift, on those not learnt from."""

    qini: float
    low: float
    high: float
    uplift_at_30: float
    # The curve, at each tenth of the customers by predicted uplift: outcomes won over holding everybody out.
    curve: tuple[float, ...]

    @property
    def is_usable(self) -> bool:
        """Whether it is clear that the campaign works better on some than on others."""
        return self.low > 0


class TooFewOutcomes(ValueError):
    """Not enough customers of a group did what was hoped for, or too many: `found` of `customers`."""

    def __init__(self, found: int, customers: int) -> None:
        super().__init__(f"{found} of {customers} customers; at least {LEAST} with and without it are needed.")
        self.found, self.customers = found, customers


class TLearner:
    """One classifier per group. Columns of `features` are numbers without gaps."""

    def __init__(self, classifier: object | None = None) -> None:
        self.classifier = classifier or make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))

    def fit(self, features: Floats, outcome: Flags, treated: Flags) -> "TLearner":
        """Raises TooFewOutcomes when a group has fewer than LEAST with the outcome, or without."""
        for group in (treated, ~treated):
            with_it = int(outcome[group].sum())
            if min(with_it, int(group.sum()) - with_it) < LEAST:
                raise TooFewOutcomes(with_it, int(group.sum()))
        self.with_campaign = clone(self.classifier).fit(features[treated], outcome[treated])
        self.without = clone(self.classifier).fit(features[~treated], outcome[~treated])
        return self

    def predict(self, features: Floats) -> Floats:
        """How much likelier the outcome is with the campaign, per customer; between -1 and 1."""
        found: Floats = self.with_campaign.predict_proba(features)[:, 1] - self.without.predict_proba(features)[:, 1]
        return found


def evaluate(features: Floats, outcome: Flags, treated: Flags, *, seed: int, test: float = TEST_SHARE) -> UpliftReport:
    """Learn from some customers, judge on the others; the interval is of the judging, by resampling."""
    learnt, judged = split(outcome, treated, seed=seed, test=test)
    predicted = TLearner().fit(features[learnt], outcome[learnt], treated[learnt]).predict(features[judged])
    y, t = outcome[judged], treated[judged]
    low, high = _interval(y, predicted, t, seed)
    positions = np.linspace(0, len(y), 11).round().astype(int)[1:]
    x, gained = qini_curve(y, predicted, t)
    curve = tuple(float(value) for value in np.interp(positions, x, gained))
    return UpliftReport(qini(y, predicted, t), low, high, uplift_at(y, predicted, t, share=0.3), curve)


def split(outcome: Flags, treated: Flags, *, seed: int, test: float = TEST_SHARE) -> tuple[npt.NDArray, npt.NDArray]:
    """Positions to learn from and to judge on, with the same shares of treated customers and outcomes in both."""
    strata = treated.astype(int) * 2 + outcome.astype(int)
    learnt, judged = train_test_split(np.arange(len(outcome)), test_size=test, stratify=strata, random_state=seed)
    return learnt, judged


def qini_curve(outcome: Flags, predicted: Floats, treated: Flags) -> tuple[Floats, Floats]:
    """How many outcomes are won by treating the first x customers by prediction; equal predictions come together."""
    order = np.argsort(predicted, kind="mergesort")[::-1]
    y, t, scores = outcome[order].astype(float), treated[order].astype(float), predicted[order]
    ends = np.r_[np.flatnonzero(np.diff(scores)), len(scores) - 1]
    treated_so_far = np.cumsum(t)[ends]
    others_so_far = ends + 1 - treated_so_far
    won, lost = np.cumsum(y * t)[ends], np.cumsum(y * (1 - t))[ends]
    per_other = np.divide(treated_so_far, others_so_far, out=np.zeros_like(treated_so_far), where=others_so_far > 0)
    return np.r_[0.0, ends + 1], np.r_[0.0, won - lost * per_other]


def qini(outcome: Flags, predicted: Floats, treated: Flags) -> float:
    """The normalised area: 0 is chance, 1 the best possible order.

    >>> y, t = np.array([1, 0, 0, 1], bool), np.array([1, 1, 0, 0], bool)
    >>> qini(y, np.array([4.0, 2.0, 3.0, 1.0]), t)
    1.0
    """
    ideal = np.where(treated, outcome, -outcome.astype(float))
    return _area(*qini_curve(outcome, predicted, treated)) / _area(*qini_curve(outcome, ideal, treated))


def uplift_at(outcome: Flags, predicted: Floats, treated: Flags, *, share: float) -> float:
    """The lift among the `share` of customers with the greatest predictions."""
    first = np.argsort(predicted, kind="mergesort")[::-1][: int(len(outcome) * share)]
    y, t = outcome[first], treated[first]
    return float(y[t].mean() - y[~t].mean())


def _area(x: Floats, y: Floats) -> float:
    return float(np.trapezoid(y, x) - x[-1] * y[-1] / 2)


def _interval(outcome: Flags, predicted: Floats, treated: Flags, seed: int) -> tuple[float, float]:
    random = np.random.default_rng(seed)
    found = []
    for _ in range(RESAMPLES):
        drawn = random.integers(len(outcome), size=len(outcome))
        found.append(qini(outcome[drawn], predicted[drawn], treated[drawn]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
