"""Values spread from the few customers who have one to the whole base, along a graph of who buys alike."""

from itertools import pairwise
from typing import Annotated, Any

import msgspec
import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from segmentation.rules.catalog import Catalog, Labels
from segmentation.similarity.collaborative import profiles
from segmentation.similarity.graph import knn_graph
from segmentation.similarity.propagation import sources, spread
from segmentation.tags.kinds.base import Asked, Context, Kind, Outcome, Value
from segmentation.tags.likeness import Source, likeness, members_by_value, source_problems, values_of, with_names
from segmentation.tags.names import ValueName
from segmentation.tags.problems import Problem

UNREACHED = ValueName("unreached", "未知", "Unknown")


class Definition(Source, forbid_unknown_fields=True):
    """How many neighbours the graph has, how far labels go, and how sure they must be."""

    neighbours: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    reach: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.9
    least_share: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0


class Propagated(Kind[Definition]):
    """Label spreading: one customer in a hundred labelled by hand is enough for all who are connected to one.

    Who is labelled keeps the label. Whom no label reaches, or none clearly enough, is unknown, never the first value.
    """

    labels = Labels("标签传播", "Propagated")
    description = Labels(
        "从少量已标注客户沿购买相似图传播到全体", "Spread from a few labelled customers to all who buy alike"
    )
    shape = Definition
    keeps_scores = True

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        return source_problems(definition, catalog)

    def canonical(self, definition: Definition, catalog: Catalog) -> dict[str, Any]:
        return with_names(definition, catalog)

    def references(self, definition: Definition) -> set[tuple[str, str]]:
        return {("tag", definition.tag)}

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return (*values_of(definition), Value.named(UNREACHED)) if definition.names else ()

    def compute(self, definition: Definition, context: Context) -> Outcome:
        like = likeness(definition, context)
        context.progress("fitting", 0, 0)
        graph = knn_graph(profiles(like.counts, "cosine"), definition.neighbours, seed=context.seed)
        found = spread(graph, like.labels.astype(float), alpha=definition.reach, keep=like.known)
        sure = found.shares.max(axis=1) >= definition.least_share
        chosen = np.where(sure, found.labels, -1)
        everyone = np.arange(len(like.ids))
        members = members_by_value(like, everyone, chosen)
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
                "score": pa.array(found.shares.max(axis=1), pa.float64()),
                "seed": pa.array(like.known, pa.bool_()),
                "sources": pa.array(_sources(graph, seeds, like.ids), pa.list_(pa.int32())),
            }
        )
        given = (*values, Value.named(UNREACHED))
        return Outcome(given, {value.key: members[value.key] for value in given}, details, table)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        if asked.score is None or value.key == UNREACHED.key:
            return Labels("没有已标注的客户与其相连", "no labelled customer is connected with this one")
        if asked.score["seed"]:
            return Labels("本身已标注", "labelled itself")
        near = ", ".join(map(str, asked.score["sources"]))
        share = asked.score["score"]
        return Labels(
            f"传播占比 {share:.0%}；主要来自客户编号：{near}",
            f"{share:.0%} of what reached the customer; most of it from the customers with the numbers {near}",
        )


def _sources(graph: Any, seeds: Any, ids: Any) -> list[list[int]]:
    """For every row the labelled customers from whom most came."""
    from_seeds = sources(graph, seeds)
    order = np.lexsort([-from_seeds.data, np.repeat(np.arange(len(ids)), np.diff(from_seeds.indptr))])
    numbers = ids[seeds[from_seeds.indices[order]]].tolist()
    return [numbers[a:b] for a, b in pairwise(from_seeds.indptr)]
