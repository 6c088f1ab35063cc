"""The computing of propagated tags; importing it is what loads scikit-learn."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyroaring import BitMap
from scipy import sparse

from segmentation.similarity.collaborative import profiles
from segmentation.similarity.graph import bought_together, knn_graph
from segmentation.similarity.propagation import Spread, sources, spread
from segmentation.tags.kinds.base import Context, Outcome, Value
from segmentation.tags.kinds.propagated import UNREACHED, Definition
from segmentation.tags.learning_from import values_of
from segmentation.tags.likeness import Likeness, likeness, members_by_value

# The squared distance of two customers who have bought nothing alike, less what rounding takes: labels pass none.
NOTHING_SHARED = 2 - 1e-4


def compute(definition: Definition, context: Context) -> Outcome:
    """Everybody who bought anything, with the value that reached them; "unreached" for all others."""
    like = likeness(definition, context)
    context.progress("fitting", 0, 0)
    graph = _graph(definition, like, context.seed)
    found = _spread(graph, like, definition.reach)
    shares = found.shares[: len(like.ids)]
    sure = shares.max(axis=1) >= definition.least_share
    chosen = np.where(sure, found.labels[: len(like.ids)], -1)
    members = members_by_value(like, np.arange(len(like.ids)), chosen)
    reached = BitMap.union(BitMap(), *members.values())
    members[UNREACHED.key] = context.everybody - reached
    values = tuple(value for value in values_of(definition) if value.key in members)
    seeds = np.flatnonzero(like.known)
    context.progress("describing", 0, 0)
    details = {
        "source": definition.tag,
        "seeds": len(seeds),
        "reached": len(reached),
        "unreached": len(members[UNREACHED.key]),
        "rounds": found.rounds,
    }
    table = pa.table(
        {
            "id": pa.array(like.ids, pa.int32()),
            "score": pa.array(shares.max(axis=1), pa.float64()),
            "seed": pa.array(like.known, pa.bool_()),
            "sources": pa.array(_sources(graph, seeds, like.ids), pa.list_(pa.int32())),
        }
    )
    given = (*values, Value.named(UNREACHED))
    known = {key: having & BitMap(like.ids[seeds]) for key, having in members.items()}
    members = {value.key: members[value.key] for value in given}
    return Outcome(given, members, details, table, origins={"declared": known})


def _graph(definition: Definition, like: Likeness, seed: int) -> sparse.csr_array:
    """The customers are its first nodes."""
    if definition.graph == "bought_together":
        return bought_together(like.counts)
    rows = profiles(like.counts, "cosine")
    return knn_graph(rows, definition.neighbours, seed=seed, within=NOTHING_SHARED)


def _spread(graph: sparse.csr_array, like: Likeness, reach: float) -> Spread:
    """Nodes that are no customers begin with nothing."""
    nodes = graph.shape[0]
    start = np.zeros((nodes, like.labels.shape[1]))
    start[: len(like.ids)] = like.labels
    keep = np.zeros(nodes, dtype=bool)
    keep[: len(like.ids)] = like.known
    return spread(graph, start, alpha=reach, keep=keep)


def _sources(graph: sparse.csr_array, seeds: NDArray[np.intp], ids: NDArray[np.uint32]) -> list[list[int]]:
    """For every customer the labelled customers from whom most came."""
    from_seeds = sparse.csr_array(sources(graph, seeds)[: len(ids)])
    order = np.lexsort([-from_seeds.data, np.repeat(np.arange(len(ids)), np.diff(from_seeds.indptr))])
    numbers = ids[seeds[from_seeds.indices[order]]].tolist()
    return [numbers[a:b] for a, b in pairwise(from_seeds.indptr)]
