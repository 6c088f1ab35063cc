"""How much will the customer spend in the days to come?"""

from segmentation.prediction.goals.base import Goal, Prediction, loaded
from segmentation.prediction.histories import Histories
from segmentation.rules.catalog import Labels


class CustomerValue(Goal):
    """Purchases to come (BG/NBD) times what one is worth (Gamma-Gamma): needs only when and for how much people buy."""

    labels = Labels("预计消费", "Expected spending")
    unit = "currency"

    def predict(self, histories: Histories, *, today: int, days: int, seed: int) -> Prediction:
        found: Prediction = loaded("spending").predict(histories, today=today, days=days, seed=seed)
        return found
