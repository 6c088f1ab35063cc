"""T8.1 and T8.3: online shoppers' sessions, five folds, with and without the column that leaks the outcome.

Published (PMC10121810): XGBoost with chosen features, AUC .937. Figures of 98 % oversample before splitting: a leak.

"As stated" is the reference's protocol: boosted trees with scikit-learn's isotonic calibration, five folds, seed 0. The
product's own calibration (one model, centred isotonic steps) was chosen when its figures on those very folds were
known; so it is measured on five folds of another shuffling, which nobody had looked at. Each model is grown on one
thread: two that wait for one another on a busy machine took ten minutes.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from benchmarks.ml.figure import Figure
from segmentation.prediction import propensity

# The shuffling that was not looked at before.
UNSEEN = 1


def figures(data: Path) -> Iterator[Figure]:
    sessions = pd.read_parquet(data / "online_shoppers" / "sessions.parquet")
    for name, model, seed in (("as stated", _stated, 0), ("the product's, unseen folds", _products, UNSEEN)):
        found, bare = _folds(sessions, [], model, seed), _folds(sessions, ["PageValues"], model, seed)
        yield Figure("T8.1", f"online shoppers, {name}, AUC", found["auc"], 0.937, 0.932)
        yield Figure("T8.1", f"online shoppers, {name}, average precision", found["average_precision"], 0.754, 0.75)
        yield Figure(
            "T8.3", f"online shoppers, {name}, calibration error", found["calibration_error"], None, 0.03, "at most"
        )
        yield Figure(
            "T8.1", f"without PageValues, {name}, AUC", bare["auc"], 0.7855, 0.78, note="published: our reference run"
        )


def _stated(rows: NDArray, happened: NDArray[np.bool_]) -> Callable[[NDArray], NDArray]:
    """Trees as the product grows them, calibrated as the reference states."""
    trees = propensity.trees(0, len(rows))
    model = CalibratedClassifierCV(trees, method="isotonic", cv=propensity.FOLDS).fit(rows, happened)
    return lambda asked: model.predict_proba(asked)[:, 1]


def _products(rows: NDArray, happened: NDArray[np.bool_]) -> Callable[[NDArray], NDArray]:
    return propensity.fit(rows, happened, seed=0).predict


def _folds(sessions: pd.DataFrame, without: list[str], fit: Callable, seed: int) -> dict[str, float]:
    """Means over the folds; each fold's model and its calibration know the other four alone."""
    happened = sessions.Revenue.to_numpy(bool)
    rows = pd.get_dummies(sessions.drop(columns=["Revenue", *without])).to_numpy(float)
    reports = []
    for known, asked in StratifiedKFold(5, shuffle=True, random_state=seed).split(rows, happened):
        with threadpool_limits(1):
            predict = fit(rows[known], happened[known])
        reports.append(propensity.report(predict(rows[asked]), happened[asked]))
    return {key: float(np.mean([r[key] for r in reports])) for key in ("auc", "average_precision", "calibration_error")}
