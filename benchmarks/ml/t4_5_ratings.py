"""T4.5: the error of predicted ratings, MovieLens 100K in five folds (shuffled by RandomState(0), as Surprise does).

Published: the README of Surprise: SVD++ .919, k-NN with baselines .931.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.ml.figure import Figure
from segmentation.recommendation.ratings import RatingKNN

SHAPE, FOLDS = (944, 1_683), 5


def figures(data: Path) -> Iterator[Figure]:
    ratings = pd.read_parquet(data / "ml_100k" / "ratings.parquet")
    order = np.arange(len(ratings))
    np.random.RandomState(0).shuffle(order)
    errors = [_error(ratings, test) for test in np.array_split(order, FOLDS)]
    note = "published: k-NN with baselines; SVD++ .919"
    yield Figure(
        "T4.5",
        "ML-100K 5 folds, item-kNN on ratings, RMSE",
        float(np.mean(errors)),
        0.931,
        0.9185,
        "at most",
        note=note,
    )


def _error(ratings: pd.DataFrame, test: np.ndarray) -> float:
    known = np.full(SHAPE, np.nan)
    train = ratings.drop(ratings.index[test])
    known[train.user_id, train.item_id] = train.rating
    asked = ratings.iloc[test]
    # Who is new takes the usual of all.
    known[0, 0] = train.rating.mean()
    found = RatingKNN.of(known).predict(asked.user_id.to_numpy(), asked.item_id.to_numpy())
    return float(np.sqrt(np.mean((found - asked.rating.to_numpy()) ** 2)))
