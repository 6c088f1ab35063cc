"""A shop made up: half of the customers come often, half seldom, and some stop."""

import numpy as np

from segmentation.prediction.histories import Histories

TODAY = 400


def histories(customers: int = 600, seed: int = 0) -> Histories:
    """Purchases on days 0 to 460; beyond TODAY lies the future."""
    random = np.random.default_rng(seed)
    ids, days = [], []
    for customer in range(1, customers + 1):
        rate = 1 / 15 if customer % 2 else 1 / 90
        last = random.integers(150, 900)
        bought = np.unique(np.cumsum(random.geometric(rate, 60)))
        bought = bought[bought <= min(460, last)]
        ids += [customer] * len(bought)
        days += bought.tolist()
    amounts = random.gamma(4, 10, len(ids))
    return Histories(np.array(ids, np.uint32), np.array(days, np.int64), amounts)
