"""Will the customer buy within the days to come?"""

from segmentation.prediction.goals.base import Goal, Prediction, loaded
from segmentation.prediction.histories import Histories
from segmentation.rules.catalog import Labels


class Purchase(Goal):
    """The chance of at least one purchase."""

    labels = Labels("购买概率", "Chance to buy")
    unit = "share"

    def predict(self, histories: Histories, *, today: int, days: int, seed: int) -> Prediction:
        found: Prediction = loaded("chances").predict(histories, today=today, days=days, seed=seed, buys=True)
        return found
