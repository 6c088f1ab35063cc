"""Values spread from the few customers who have one to the whole base, along a graph of who buys alike."""

from importlib import import_module
from typing import Annotated, Any, Literal

import msgspec

from segmentation.rules.catalog import Catalog, Labels
from segmentation.tags.kinds.base import Asked, Context, Example, Kind, Outcome, Value
from segmentation.tags.learning_from import Source, source_problems, values_of, with_names
from segmentation.tags.names import ValueName
from segmentation.tags.problems import Problem

UNREACHED = ValueName("unreached", "未知", "Unknown")


class Definition(Source, forbid_unknown_fields=True):
    """Which graph, how many neighbours it has, how far labels go, and how sure they must be.

    "similar" joins each customer with the nearest by what is bought; "bought_together" joins customers with what they
    bought, and so with each other through it: best by a fine property, such as the product.
    """

    graph: Literal["similar", "bought_together"] = "similar"
    neighbours: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    # What is left of a label at each step; 1 loses nothing.
    reach: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    least_share: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0


class Propagated(Kind[Definition]):
    """Label spreading: one customer in a hundred labelled by hand is enough for all who are connected to one.

    Who is labelled keeps the label. Whom no label reaches, or none clearly enough, is unknown, never the first value.
    """

    labels = Labels("标签传播", "Propagated")
    description = Labels(
        "从少量已标注客户沿购买相似图传播到全体", "Spread from a few labelled customers to all who buy alike"
    )
    origin = "propagated"
    example = Example(
        {
            "tag": "guessed",
            "names": [{"key": "male", "zh": "男", "en": "Male"}, {"key": "female", "zh": "女", "en": "Female"}],
            "neighbours": 10,
        },
        (
            (Labels("买的东西与已知为男的人相近", "Buys what those known as male buy"), Labels("男", "Male")),
            (Labels("从未购买：标签传不到", "Never bought: nothing arrives"), Labels("未知", "Unknown")),
        ),
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
        # By name: where it is imported scikit-learn is, and pages load this kind.
        outcome: Outcome = import_module("segmentation.tags.spreading").compute(definition, context)
        return outcome

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
