"""Values suggested by similar customers, for those of whom a tag says nothing."""

from importlib import import_module
from typing import Annotated, Any, Literal

import msgspec

from segmentation.rules.catalog import Catalog, Labels
from segmentation.tags.kinds.base import Asked, Context, Example, Kind, Outcome, Value
from segmentation.tags.learning_from import Source, source_problems, values_of, with_names
from segmentation.tags.problems import Problem, problem

# Where a suggestion comes from, in words: "{share}" of whom.
ORIGINS = {
    "users": Labels("相似客户中 {share} 有此取值", "{share} of similar customers have it"),
    "items": Labels("购买相似商品的客户中 {share} 有此取值", "{share} of customers who buy such things have it"),
    "group": Labels("同群客户中 {share} 有此取值", "{share} of the customer's group have it"),
    "everybody": Labels(
        "没有更明确的依据；全体已知客户中 {share} 有此取值",
        "nothing tells the customer apart; {share} of all who are known have it",
    ),
}


class Definition(Source, forbid_unknown_fields=True):
    """How similar, how many, and how clear an answer must be to be suggested; and how far down the chain to go."""

    similarity: Literal["cosine", "pearson"] = "pearson"
    nearest: Annotated[int, msgspec.Meta(ge=1, le=500)] = 50
    floor: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.1
    support: Annotated[int, msgspec.Meta(ge=1)] = 5
    # How many times more often than in general neighbours must have the value.
    least_lift: float = 1.2
    # A tag whose values are groups of customers, such as a clustering; without one that step is left out.
    groups: str = ""
    # The last step that is asked: "group" says nothing rather than what is usual of everybody.
    until: Literal["users", "items", "group", "everybody"] = "everybody"


class Collaborative(Kind[Definition]):
    """Collaborative filtering. A declared value is never touched: who has one gets no suggestion.

    So the origin is in the tag's name: a rule that speaks of this tag speaks of suggestions, one that speaks of its
    source of what was declared, and one of either of both. A chain is asked: similar customers (who has too few near
    ones is compared with more of them), then what is bought (item by item), then the customer's group, then everybody.
    A step answers where a value stands out by support and lift; the last one always does.
    """

    labels = Labels("协同推荐", "Collaborative")
    description = Labels(
        "根据相似客户，为没有该标签的客户建议取值", "Values that similar customers have, suggested to those without one"
    )
    origin = "collaborative"
    example = Example(
        {
            "tag": "guessed",
            "names": [{"key": "male", "zh": "男", "en": "Male"}, {"key": "female", "zh": "女", "en": "Female"}],
            "support": 5,
            "nearest": 50,
        },
        (
            (
                Labels("无标签，购物最像的 50 人中 41 人为女", "No value; of the 50 who buy most alike 41 are female"),
                Labels("女", "Female"),
            ),
            (Labels("与谁都不像", "Like nobody"), Labels("—", "—")),
        ),
    )
    shape = Definition
    keeps_scores = True

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = source_problems(definition, catalog)
        if definition.groups and definition.groups not in catalog.tags:
            found.append(problem("groups", "unknown_name", name=definition.groups))
        return found

    def canonical(self, definition: Definition, catalog: Catalog) -> dict[str, Any]:
        return with_names(definition, catalog)

    def references(self, definition: Definition) -> set[tuple[str, str]]:
        return {("tag", key) for key in (definition.tag, definition.groups) if key}

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return values_of(definition)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        # By name: where it is imported scipy is, and pages load this kind.
        outcome: Outcome = import_module("segmentation.tags.suggesting").compute(definition, context)
        return outcome

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        if asked.score is None:
            return Labels("来自相似客户", "from similar customers")
        score = asked.score
        origin, share = ORIGINS[score.get("origin", "users")], f"{score['score']:.0%}"
        zh = f"{origin.zh.format(share=share)}（{score['support']} 人，为平均的 {score['lift']:.1f} 倍）"
        en = (
            f"{origin.en.format(share=share)} ({score['support']} of them, {score['lift']:.1f} times as often as in "
            "general)"
        )
        if score["neighbours"]:
            near = ", ".join(map(str, score["neighbours"]))
            zh, en = f"{zh}；最相似的客户编号：{near}", f"{en}; the most similar have the numbers {near}"
        return Labels(zh, en)
