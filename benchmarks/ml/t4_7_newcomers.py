"""T4.7: newcomers, one fifth of MovieLens 100K's people without any history; age, sex and occupation alone.

Ratings of 4 and 5 count as liked. Nothing is published for this split; the measure is popularity.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.ml.figure import Figure
from segmentation.recommendation.cold_start import FactorizationMachine, RidgeMap, ndcg

SHAPE, SEEDS = (943, 1_683), 5


def figures(data: Path) -> Iterator[Figure]:
    ratings = pd.read_parquet(data / "ml_100k" / "ratings.parquet").query("rating >= 4")
    ones = np.ones(len(ratings), np.float32)
    liked = sparse.csr_array((ones, (ratings.user_id - 1, ratings.item_id)), shape=SHAPE)
    traits = _traits(pd.read_parquet(data / "ml_100k" / "users.parquet").sort_values("user_id"))
    found = np.array([_one(liked, traits, seed) for seed in range(SEEDS)])
    popular, ridge, machine = found.mean(axis=0).tolist()
    yield Figure("T4.7", "newcomers, popularity, nDCG@10", popular, 0.4129, note="published: our reference run")
    yield Figure("T4.7", "newcomers, ridge from traits, nDCG@10", ridge, 0.4276)
    yield Figure("T4.7", "newcomers, ridge beyond popularity, mean", ridge - popular, None, 0.008)
    yield Figure(
        "T4.7", "newcomers, ridge beyond popularity, worst seed", float((found[:, 1] - found[:, 0]).min()), None, 0.0
    )
    yield Figure(
        "T4.7", "newcomers, factorization machine, nDCG@10", machine, note="used only where it beats the ridge"
    )


def _one(liked: sparse.csr_array, traits: np.ndarray, seed: int) -> tuple[float, float, float]:
    new = np.random.default_rng(seed).permutation(SHAPE[0])[: SHAPE[0] // 5]
    old = np.setdiff1d(np.arange(SHAPE[0]), new)
    known, test = liked[old], liked[new]
    popular = np.tile(np.asarray(known.sum(axis=0)).ravel(), (len(new), 1))
    ridge = RidgeMap.of(traits[old], known).scores(traits[new])
    machine = FactorizationMachine.of(traits[old], known, seed=seed).scores(traits[new])
    return ndcg(popular, test), ndcg(ridge, test), ndcg(machine, test)


def _traits(people: pd.DataFrame) -> np.ndarray:
    bands = pd.cut(people.age, [0, 18, 25, 35, 45, 50, 56, 200], right=False).astype(str)
    return pd.get_dummies(pd.DataFrame({"a": bands, "g": people.gender, "o": people.occupation})).to_numpy(np.float32)
