"""T4.2: MovieLens 100K, MCRec's split, all films ranked; the best of ours against every published entry.

Published: Ferrari Dacrema et al., TOIS 2021, appendix table 46. The table's best is SLIM ElasticNet (.3770).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.ml.figure import Figure
from benchmarks.ml.ranking import full_ranking
from segmentation.recommendation.algorithms.als import ALS
from segmentation.recommendation.algorithms.ease import EASE
from segmentation.recommendation.algorithms.item_knn import ItemKNN
from segmentation.recommendation.algorithms.popularity import Popularity
from segmentation.recommendation.algorithms.user_knn import UserKNN

SHAPE = (944, 1_683)


def figures(data: Path) -> Iterator[Figure]:
    train, test = (_matrix(data / "ml_100k" / f"mcrec_{part}.parquet") for part in ("train", "test"))
    for name, recommender, published, limit, note in (
        ("EASE", EASE(penalty=300), 0.3739, 0.375, "beats MCRec, the neural entry: .3110"),
        ("item-kNN TF-IDF", ItemKNN(), 0.3320, None, "published: asymmetric"),
        ("ALS", ALS(), 0.3596, None, "32 factors, not searched for"),
        ("popularity", Popularity(), 0.1907, None, ""),
    ):
        ours = full_ranking(train, test, recommender.fit(train).scores)
        yield Figure("T4.2", f"ML-100K MCRec, {name}, precision@10", ours.precision, published, limit, note=note)
    usual = UserKNN().fit(train)
    ours = full_ranking(train, test, usual.scores)
    yield Figure("T5.2", "ML-100K MCRec, user-kNN Pearson, precision@10", ours.precision, 0.2807, 0.335, note="cosine")
    asked = train[np.flatnonzero(np.diff(train.indptr))]
    ranked = (usual.scores(asked) > 0) & (asked.toarray() == 0)
    without = float((ranked.sum(axis=1) < 10).mean())
    yield Figure("T5.2", "the same, customers with fewer than ten suggestions", without, None, 0.01, "at most")


def _matrix(path: Path) -> sparse.csr_array:
    pairs = pd.read_parquet(path)
    return sparse.csr_array(([1.0] * len(pairs), (pairs.user_id, pairs.item_id)), shape=SHAPE)
