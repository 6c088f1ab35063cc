"""The chance that something happens: boosted trees, calibrated, judged by what came after."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from segmentation.errors import SegmentationError
from segmentation.prediction.forest import Forest, Numbers

# Fewer of either outcome are too few to learn from.
FEWEST = 100
FOLDS = 5


class PredictionError(SegmentationError):
    """Nothing can be predicted from what there is; the message says what to change."""

    code = "prediction"


@dataclass(frozen=True)
class Propensity:
    """Trees, and the steps (`raw`, `chance`) by which their chance becomes the one that was really seen."""

    forest: Forest
    raw: Numbers
    chance: Numbers

    def predict(self, rows: Numbers) -> Numbers:
        """A chance between 0 and 1 for each row."""
        return self.calibrated(self.forest.score(rows))

    def calibrated(self, log_odds: Numbers) -> Numbers:
        """The chance that belongs to the trees' log-odds."""
        found = np.interp(1 / (1 + np.exp(-log_odds)), self.raw, self.chance)
        return np.asarray(found, dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        return {"forest": self.forest.to_json(), "raw": self.raw.tolist(), "chance": self.chance.tolist()}


def fit(rows: Numbers, happened: NDArray[np.bool_], *, seed: int) -> Propensity:
    """Trees on all rows; the steps from rows that the trees had not seen, fold by fold.

    Raises PredictionError below 100 of either outcome.
    """
    for outcome, count in (("happened", int(happened.sum())), ("did not happen", int((~happened).sum()))):
        if count < FEWEST:
            raise PredictionError(
                f"It {outcome} to {count} customers only, at least {FEWEST} are needed: take a longer span of days, or "
                "wait for more customers.",
                code="too_few_positives",
            )
    unseen = np.empty(len(rows))
    for known, asked in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(rows, happened):
        unseen[asked] = trees(seed, len(known)).fit(rows[known], happened[known]).predict_proba(rows[asked])[:, 1]
    steps = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(unseen, happened)
    forest = Forest.of(trees(seed, len(rows)).fit(rows, happened))
    return Propensity(forest, *_centred(unseen, steps.predict(unseen)))


def _centred(raw: Numbers, chance: Numbers) -> tuple[Numbers, Numbers]:
    """One point for each flat step, at the middle of its rows, and straight lines between: the order is kept.

    Centred isotonic regression (Oron & Flournoy 2017); plain steps would make equals of a tenth of all customers.
    """
    levels, place, counts = np.unique(chance, return_inverse=True, return_counts=True)
    return np.bincount(place, raw) / counts, levels


def report(chance: Numbers, happened: NDArray[np.bool_]) -> dict[str, Any]:
    """How good chances are against what came: ranking, calibration, and expected beside actual by decile."""
    order = np.argsort(-chance, kind="stable")
    tenths = np.array_split(order, 10)
    return {
        "customers": len(chance),
        "rate": round(float(happened.mean()), 4),
        "auc": round(float(roc_auc_score(happened, chance)), 4),
        "average_precision": round(float(average_precision_score(happened, chance)), 4),
        "calibration_error": round(calibration_error(chance, happened), 4),
        "captured": round(float(happened[tenths[0]].sum() / max(1, happened.sum())), 4),
        "deciles": [
            {"expected": round(float(chance[t].mean()), 4), "actual": round(float(happened[t].mean()), 4)}
            for t in tenths
        ],
    }


def calibration_error(chance: Numbers, happened: NDArray[np.bool_], bins: int = 10) -> float:
    """The mean distance of promised and seen, over ten equal spans of chance (expected calibration error)."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    away = np.abs(np.bincount(place, chance, bins) - np.bincount(place, happened.astype(float), bins))
    return float(away.sum() / len(chance))


def trees(seed: int, rows: int) -> HistGradientBoostingClassifier:
    """Shallow and slow for few customers, for whom the library's defaults learn noise."""
    small = rows < 8_000
    return HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=80 if small else 150,
        max_leaf_nodes=7 if small else 31,
        min_samples_leaf=30 if small else 20,
        random_state=seed,
        early_stopping=False,
    )
