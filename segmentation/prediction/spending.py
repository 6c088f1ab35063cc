"""Spending in the days to come: purchases (BG/NBD) times what one is worth (Gamma-Gamma)."""

from dataclasses import replace

import numpy as np
import scipy

from segmentation.prediction import purchases_to_come, worth
from segmentation.prediction.goals.base import Prediction
from segmentation.prediction.histories import FEATURES, Behaviour, Histories, Numbers, behaviour
from segmentation.prediction.propensity import FEWEST, PredictionError
from segmentation.prediction.purchases_to_come import BGNBD
from segmentation.prediction.worth import GammaGamma

PLACES = {key: place for place, key in enumerate(FEATURES)}
Models = tuple[BGNBD, GammaGamma]


def predict(histories: Histories, *, today: int, days: int, seed: int) -> Prediction:
    """Raises PredictionError where too few customers came back to learn from."""
    known = histories.until(today)
    now = behaviour(known, today)
    repeat = int((now.matrix[:, PLACES["days_bought"]] > 1).sum())
    if repeat < FEWEST:
        raise PredictionError(
            f"Only {repeat} customers bought on more than one day, at least {FEWEST} are needed.",
            code="too_few_positives",
        )
    models = _fitted(now, seed)
    scores = _scores(models, now, days)
    card = {
        "parameters": {"bg_nbd": vars(models[0]), "gamma_gamma": vars(models[1])},
        "judged": _judged(known, today, days, seed),
        "seed": seed,
        "libraries": {"numpy": np.__version__, "scipy": scipy.__version__},
        "limits": "Supposes that customers buy at a steady rate until they are lost, and that prices stay.",
    }
    adds = _adds(now, scores, models, days)
    return Prediction(now.ids, scores, now.matrix, float(scores.mean()), scores, adds, card)


def _fitted(now: Behaviour, seed: int) -> Models:
    x, t_x, T, mean = summary(now)
    return purchases_to_come.fit(x, t_x, T, seed=seed), worth.fit(x, mean)


def _scores(models: Models, now: Behaviour, days: int) -> Numbers:
    x, t_x, T, mean = summary(now)
    return models[0].expected(x, t_x, T, float(days)) * models[1].expected(x, mean)


def summary(now: Behaviour) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Repeat purchase days, the last's distance from the first, the time known, and the mean of the purchases."""
    column = {key: now.matrix[:, place] for key, place in PLACES.items()}
    return column["days_bought"] - 1, column["tenure"] - column["recency"], column["tenure"], column["average"]


def _adds(now: Behaviour, scores: Numbers, models: Models, days: int) -> Numbers:
    """By how much each feature moves the score from where it would be with the usual one instead."""
    adds = np.zeros(now.matrix.shape)
    for key in ("recency", "days_bought", "average"):
        usual = now.matrix.copy()
        usual[:, PLACES[key]] = (
            np.minimum(np.median(usual[:, PLACES[key]]), usual[:, PLACES["tenure"]])
            if key == "recency"
            else np.median(usual[:, PLACES[key]])
        )
        adds[:, PLACES[key]] = scores - _scores(models, replace(now, matrix=usual), days)
    return adds


def _judged(histories: Histories, today: int, days: int, seed: int) -> dict[str, object] | None:
    """The same one span back beside what was spent since: correlation, and means by decile of expectation."""
    before = behaviour(histories, today - days)
    if len(before.ids) < FEWEST or (before.matrix[:, PLACES["days_bought"]] > 1).sum() < FEWEST:
        return None
    expected = _scores(_fitted(before, seed), before, days)
    since = (histories.days > today - days) & np.isin(histories.ids, before.ids)
    actual = np.bincount(np.searchsorted(before.ids, histories.ids[since]), histories.amounts[since], len(before.ids))
    tenths = np.array_split(np.argsort(-expected, kind="stable"), 10)
    return {
        "customers": len(before.ids),
        "correlation": round(float(np.corrcoef(expected, actual)[0, 1]), 4),
        "expected": round(float(expected.sum()), 2),
        "actual": round(float(actual.sum()), 2),
        "deciles": [
            {"expected": round(float(expected[t].mean()), 2), "actual": round(float(actual[t].mean()), 2)}
            for t in tenths
        ],
    }
