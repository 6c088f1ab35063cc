"""T4.3: MovieLens 100K, three quarters of the ratings known (at random, three seeds), all films ranked.

The line's protocol is the reference's: the split within each customer, three seeds, nDCG at least .479. The published
table (README of recommenders-team/recommenders; its best entry is BiVAE) splits within each film, which is shown too.
Seeds alone say ±.003.

The penalty is the 300 that T4.2 and the reference use, and the line is missed: the reference had .4799 and .4190 on
splits that are not told. Tried: a penalty chosen for each seed by nDCG on a quarter of its training part (shown);
penalty and dropout (Steck 2020) chosen so, which gave .4717 and .4100 and was dropped. By film, as the published table
splits, EASE is above BiVAE.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.ml.figure import Figure
from benchmarks.ml.ranking import Ranking, full_ranking
from segmentation.recommendation.algorithms.ease import EASE

SHAPE, SEEDS = (944, 1_683), 3
PENALTIES = (100, 200, 300, 500, 1_000)
USUAL = EASE(penalty=300)


def figures(data: Path) -> Iterator[Figure]:
    ratings = pd.read_parquet(data / "ml_100k" / "ratings.parquet")
    splits = [_split(ratings, "user_id", seed) for seed in range(SEEDS)]
    name, note = "ML-100K 75/25 by customer, EASE", "published: BiVAE, split by film; tried: a penalty by validation"
    usual = [_one(split, USUAL) for split in splits]
    yield Figure("T4.3", f"{name}, nDCG@10", _mean(usual, "ndcg"), 0.4751, 0.479, note=note)
    yield Figure("T4.3", f"{name}, precision@10", _mean(usual, "precision"), 0.4118, 0.417, note=note)
    chosen = [_chosen(known, seed) for seed, (known, _) in enumerate(splits)]
    found = [_one(split, one) for split, one in zip(splits, chosen, strict=True)]
    note = f"penalties {', '.join(f'{one.penalty:g}' for one in chosen)}"
    for part in ("ndcg", "precision"):
        yield Figure("T4.3", f"{name}, penalty by validation, {part}@10", _mean(found, part), note=note)
    by_film = [_one(_split(ratings, "item_id", seed), USUAL) for seed in range(SEEDS)]
    for part, published in (("ndcg", 0.4751), ("precision", 0.4118), ("recall", 0.2191)):
        yield Figure("T4.3", f"ML-100K 75/25 by film, EASE, {part}@10 (BiVAE)", _mean(by_film, part), published)


def _chosen(known: pd.DataFrame, seed: int) -> EASE:
    """The penalty that ranks a quarter of the known ratings best, when told the others."""
    inner = _split(known, "user_id", seed + SEEDS)
    return max((EASE(penalty) for penalty in PENALTIES), key=lambda one: _one(inner, one).ndcg)


def _mean(found: list[Ranking], part: str) -> float:
    return mean(getattr(one, part) for one in found)


def _split(ratings: pd.DataFrame, group: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three quarters of each group's ratings, and the others."""
    shuffled = ratings.iloc[np.random.default_rng(seed).permutation(len(ratings))]
    groups = shuffled.groupby(group)[group]
    known = groups.cumcount() < np.round(0.75 * groups.transform("size"))
    return shuffled[known], shuffled[~known]


def _one(split: tuple[pd.DataFrame, pd.DataFrame], recommender: EASE) -> Ranking:
    train, test = (_matrix(part) for part in split)
    return full_ranking(train, test, recommender.fit(train).scores)


def _matrix(pairs: pd.DataFrame) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(pairs)), (pairs.user_id, pairs.item_id)), shape=SHAPE)
