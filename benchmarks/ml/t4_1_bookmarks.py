"""T4.1: the held-out bookmark among 100 others (citeulike-a), item-kNN and RP3beta at the published settings.

Published: Ferrari Dacrema et al., TOIS 2021, appendix table 4. Negatives that the customer bookmarked are dropped.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.ml.figure import Figure
from benchmarks.ml.ranking import leave_one_out
from segmentation.recommendation.algorithms.base import Fitted
from segmentation.recommendation.algorithms.ease import EASE
from segmentation.recommendation.algorithms.item_knn import ItemKNN
from segmentation.recommendation.algorithms.rp3beta import RP3Beta
from segmentation.recommendation.algorithms.user_knn import UserKNN

SHAPE = (5_551, 16_980)


def figures(data: Path) -> Iterator[Figure]:
    train = pd.read_parquet(data / "citeulike_a" / "train.parquet")
    test = pd.read_parquet(data / "citeulike_a" / "test.parquet")
    ones = np.ones(len(train), np.float32)
    bought = sparse.csr_array((ones, (train.user_id, train.item_id)), shape=SHAPE)
    for name, recommender, hits, ndcg, limit in (
        ("item-kNN TF-IDF", ItemKNN(k=594, shrink=999), 0.8925, 0.7267, 0.7257),
        ("RP3beta", RP3Beta(k=764, alpha=0.711, beta=0.2297), 0.9002, 0.7447, 0.744),
        ("user-kNN cosine (published: BM25)", UserKNN(k=578, similarity="cosine", sharpness=1), 0.8962, 0.7265, None),
        ("EASE", EASE(penalty=523), 0.8806, 0.7197, None),
    ):
        ours = leave_one_out(_scores(recommender.fit(bought), bought, test))
        yield Figure("T4.1", f"citeulike-a, {name}, HR@10", ours[0], hits)
        yield Figure("T4.1", f"citeulike-a, {name}, nDCG@10", ours[1], ndcg, limit)


def _scores(fitted: Fitted, bought: sparse.csr_array, test: pd.DataFrame) -> np.ndarray:
    """The held-out product's score first, then those of the others; the dropped ones come last of all."""
    found = np.full((len(test), 101), -np.inf)
    for start in range(0, len(test), 1000):
        part = test.iloc[start : start + 1000]
        rows = bought[part.user_id.to_numpy()]
        scores, seen = fitted.scores(rows), rows.toarray() > 0
        for place, (held, others) in enumerate(zip(part.held_out_item, part.negatives, strict=True)):
            found[start + place, 0] = scores[place, held]
            kept = others[~seen[place, others]]
            found[start + place, 1 : 1 + len(kept)] = scores[place, kept]
    return found
