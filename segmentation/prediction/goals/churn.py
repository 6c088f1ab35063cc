"""Will the customer stay away for all of the days to come?"""

from segmentation.prediction.goals.base import Goal, Prediction, loaded
from segmentation.prediction.histories import Histories
from segmentation.rules.catalog import Labels


class Churn(Goal):
    """The chance of no purchase at all."""

    labels = Labels("流失概率", "Chance to stay away")
    unit = "share"

    def predict(self, histories: Histories, *, today: int, days: int, seed: int) -> Prediction:
        found: Prediction = loaded("chances").predict(histories, today=today, days=days, seed=seed, buys=False)
        return found
