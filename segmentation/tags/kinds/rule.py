"""One rule for each value."""

from typing import Annotated, Any

import msgspec
from pyroaring import BitMap

from segmentation.rules.catalog import Catalog, Labels
from segmentation.rules.parse import canonical, parse
from segmentation.tags.kinds.base import Asked, Context, Document, Example, Kind, Outcome, Value
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem
from segmentation.tags.rules import rule_in_words, rule_problems


class RuledValue(ValueName, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A value, and the rule that its customers fit."""

    rule: dict[str, Any]


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """The values in order; `otherwise` is the one of all customers who fit none of them."""

    values: Annotated[list[RuledValue], msgspec.Meta(min_length=1, max_length=100)]
    otherwise: ValueName | None = None


class RuleKind(Kind[Definition]):
    """Every value has a rule. In an exclusive tag the first whose rule fits wins; else a customer has all that fit."""

    profiles = False
    labels = Labels("规则", "Rule")
    description = Labels("每个标签值一条规则", "One rule for each value")
    origin = "rule"
    example = Example(
        {
            "values": [
                {
                    "key": "young",
                    "zh": "青年",
                    "en": "Young",
                    "rule": {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": 30}},
                },
                {
                    "key": "adult",
                    "zh": "成年",
                    "en": "Adult",
                    "rule": {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": 60}},
                },
            ],
            "otherwise": {"key": "other", "zh": "其他", "en": "Other"},
        },
        (
            (
                Labels("24 岁：两条规则都符合，先符合者为准", "Aged 24: both rules fit, the first wins"),
                Labels("青年", "Young"),
            ),
            (Labels("41 岁", "Aged 41"), Labels("成年", "Adult")),
            (Labels("年龄未知", "Age unknown"), Labels("其他", "Other")),
        ),
    )
    shape = Definition
    always_exclusive = False

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        names = [*definition.values, *([definition.otherwise] if definition.otherwise else [])]
        found = name_problems(names, "values")
        for place, rule in self.rules(definition).items():
            found += rule_problems(rule, catalog, place)
        return found

    def canonical(self, definition: Definition, catalog: Catalog) -> dict[str, Any]:
        saved = super().canonical(definition, catalog)
        for value in saved["values"]:
            value["rule"] = canonical(parse(value["rule"], catalog))
        return saved

    def rules(self, definition: Definition) -> dict[str, Document]:
        return {f"values[{place}].rule": value.rule for place, value in enumerate(definition.values)}

    def values(self, definition: Definition) -> tuple[Value, ...]:
        names = [*definition.values, *([definition.otherwise] if definition.otherwise else [])]
        return tuple(Value.named(name) for name in names)

    def compute(self, definition: Definition, context: Context) -> Outcome:
        members: dict[str, BitMap] = {}
        for place, value in enumerate(definition.values):
            context.progress("rules", place, len(definition.values))
            members[value.key] = context.answer(value.rule)
        if definition.otherwise:
            members[definition.otherwise.key] = context.everybody - BitMap.union(BitMap(), *members.values())
        return Outcome(self.values(definition), members)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        rules = {ruled.key: ruled.rule for ruled in definition.values}
        if value.key not in rules:
            return Labels("不符合其他任何取值的规则", "Fits the rule of no other value")
        return rule_in_words(rules[value.key], asked)
