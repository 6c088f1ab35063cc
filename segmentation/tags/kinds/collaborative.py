"""Values suggested by similar customers, for those of whom a tag says nothing."""

from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import pyarrow as pa

from segmentation.rules.catalog import Catalog, Labels
from segmentation.similarity.collaborative import Neighbourhood, profiles, suggest
from segmentation.tags.kinds.base import Asked, Context, Kind, Outcome, Value
from segmentation.tags.likeness import Source, likeness, members_by_value, source_problems, values_of, with_names
from segmentation.tags.problems import Problem


class Definition(Source, forbid_unknown_fields=True):
    """How similar, how many, and how clear an answer must be to be suggested."""

    similarity: Literal["cosine", "pearson"] = "pearson"
    nearest: Annotated[int, msgspec.Meta(ge=1, le=500)] = 50
    floor: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.1
    support: Annotated[int, msgspec.Meta(ge=1)] = 5
    # How many times more often than in general neighbours must have the value.
    least_lift: float = 1.2


class Collaborative(Kind[Definition]):
    """User-based collaborative filtering. A declared value is never touched: who has one gets no suggestion.

    So the origin is in the tag's name: a rule that speaks of this tag speaks of suggestions, one that speaks of its
    source of what was declared, and one of either of both. Who has too few near neighbours is compared with more of
    them; where no value stands out by support and lift, nothing is suggested.
    """

    labels = Labels("协同推荐", "Collaborative")
    description = Labels(
        "根据相似客户，为没有该标签的客户建议取值", "Values that similar customers have, suggested to those without one"
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
        return values_of(definition)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        like = likeness(definition, context)
        known, asked = np.flatnonzero(like.known), np.flatnonzero(~like.known)
        rows = profiles(like.counts, definition.similarity)
        how = Neighbourhood(
            definition.nearest, definition.floor, 4 * definition.nearest, definition.support, definition.similarity
        )
        context.progress("fitting", 0, 0)
        found = suggest(rows[known], like.labels[known], rows[asked], how)
        lift = found.scores / np.maximum(like.labels[known].mean(axis=0), 1e-9)
        clear = (found.support >= definition.support) & (lift >= definition.least_lift)
        chosen = np.where(clear.any(axis=1), np.where(clear, found.scores, -1).argmax(axis=1), -1)
        members = members_by_value(like, asked, chosen)
        values = tuple(value for value in values_of(definition) if value.key in members)
        details = {
            "source": definition.tag,
            "known": len(known),
            "asked": len(asked),
            "suggested": int((chosen >= 0).sum()),
            "widened": int(found.widened.sum()),
        }
        given = np.flatnonzero(chosen >= 0)
        picked = (given, chosen[given])
        table = pa.table(
            {
                "id": pa.array(like.ids[asked[given]], pa.int32()),
                "value": pa.array([like.values[place] for place in chosen[given]], pa.string()),
                "score": pa.array(found.scores[picked], pa.float64()),
                "support": pa.array(found.support[picked], pa.int32()),
                "lift": pa.array(lift[picked], pa.float64()),
                "neighbours": pa.array(like.ids[known[found.near[given]]].tolist(), pa.list_(pa.int32())),
            }
        )
        return Outcome(values, {value.key: members[value.key] for value in values}, details, table)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        if asked.score is None:
            return Labels("来自相似客户", "from similar customers")
        score, near = asked.score, ", ".join(map(str, asked.score["neighbours"]))
        return Labels(
            f"相似客户中 {score['score']:.0%} 有此取值（{score['support']} 人，为平均的 {score['lift']:.1f} 倍）；"
            f"最相似的客户编号：{near}",
            f"{score['score']:.0%} of similar customers have it ({score['support']} of them, {score['lift']:.1f} times "
            f"as often as in general); the most similar have the numbers {near}",
        )
