"""Chances of buying, or of staying away: learnt one span back, judged on the last span, asked about the next."""

import numpy as np
import sklearn
from numpy.typing import NDArray

from segmentation.prediction import propensity
from segmentation.prediction.goals.base import Prediction
from segmentation.prediction.histories import FEATURES, Behaviour, Histories, behaviour
from segmentation.prediction.propensity import PredictionError


def predict(histories: Histories, *, today: int, days: int, seed: int, buys: bool) -> Prediction:
    """Raises PredictionError for a shop that is younger than the spans, or has too few of either outcome."""
    known = histories.until(today)
    if not len(known.days) or today - known.days[0 if len(known.days) == 1 else known.days.argmin()] < 2 * days:
        raise PredictionError(
            f"Purchases of at least {2 * days} days are needed to learn about {days}: ask about fewer days.",
            code="too_short",
        )
    past, happened = _window(known, today - days, days, buys)
    model = propensity.fit(past.matrix, happened, seed=seed)
    now = behaviour(known, today)
    start, adds = model.forest.contributions(now.matrix)
    made = model.forest.score(now.matrix)
    card = {
        "as_learnt": {"customers": len(past.ids), "happened": int(happened.sum())},
        "judged": _judged(known, today, days, seed, buys),
        "leaks": leaks(histories, today - days),
        "seed": seed,
        "features": list(FEATURES),
        "libraries": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "limits": "Purchases alone are known; what a campaign changes is not in it.",
        "model": model.to_json(),
    }
    return Prediction(now.ids, model.calibrated(made), now.matrix, start, made, adds, card)


def leaks(histories: Histories, day: int) -> int:
    """How many features as of a day differ when what came after is taken away: none, or the future is known."""
    whole, cut = behaviour(histories, day), behaviour(histories.until(day), day)
    return int((~np.isclose(whole.matrix, cut.matrix, equal_nan=True)).sum())


def _judged(histories: Histories, today: int, days: int, seed: int, buys: bool) -> dict[str, object] | None:
    """The same procedure two spans back, judged by the last span; None where it had too little to learn from."""
    before, happened = _window(histories, today - 2 * days, days, buys)
    try:
        model = propensity.fit(before.matrix, happened, seed=seed)
    except PredictionError:
        return None
    asked, came = _window(histories, today - days, days, buys)
    return propensity.report(model.predict(asked.matrix), came)


def _window(histories: Histories, day: int, days: int, buys: bool) -> tuple[Behaviour, NDArray[np.bool_]]:
    """Everybody as of a day, and what they did in the days after."""
    known = behaviour(histories, day)
    bought = np.isin(known.ids, histories.buyers(day, day + days))
    return known, bought if buys else ~bought
