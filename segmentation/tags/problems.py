"""What can be wrong with a tag's definition, with its place, in two languages."""

from collections.abc import Iterable
from dataclasses import dataclass

from segmentation.errors import SegmentationError
from segmentation.rules import problems as rules
from segmentation.rules.catalog import Labels

# Code → (English, Chinese). Details in braces.
MESSAGES = {
    "shape": ("The definition does not have the right form: {found}.", "定义的格式不正确：{found}。"),
    "unknown_feature": ("There is no feature “{name}”.", "不存在特征“{name}”。"),
    "feature_type": ("“{name}” is not of type {type}.", "“{name}”的类型不是{type}。"),
    "unknown_event": ("There is no event “{name}”.", "不存在事件“{name}”。"),
    "unknown_property": ("The items of “{event}” have no property “{name}”.", "“{event}”的商品没有属性“{name}”。"),
    "unknown_event_property": ("“{event}” has no property “{name}”.", "“{event}”没有属性“{name}”。"),
    "unknown_name": ("There is no tag “{name}”.", "不存在标签“{name}”。"),
    "unknown_value": ("The tag “{name}” has no value “{value}”.", "标签“{name}”没有取值“{value}”。"),
    "not_ours": ("“{value}” is none of this tag's values.", "“{value}”不是本标签的取值。"),
    "unknown_input": ("“{name}” in the expression is none of the inputs.", "表达式中的“{name}”不在输入之中。"),
    "no_input": ("The expression speaks of none of the inputs.", "表达式没有用到任何输入。"),
    "unknown_goal": ("There is no goal “{found}”; there are: {choices}.", "不存在预测目标“{found}”，可选：{choices}。"),
    "not_rising": ("Each of these must be larger than the one before.", "后一个值必须大于前一个值。"),
    "not_a_quantile": ("Quantiles lie between 0 and 1.", "分位数应在 0 与 1 之间。"),
    "names_of_bands": (
        "{cuts} cuts make {bands} bands, each with a name.",
        "{cuts} 个分界点形成 {bands} 个区间，每个区间都需要名称。",
    ),
    "repeated": ("“{found}” is here twice.", "“{found}”重复出现。"),
    "bad_key": (
        "“{found}” is no key; use small letters, digits and hyphens.",
        "“{found}”不能作为标识，请使用小写字母、数字和连字符。",
    ),
    "four_bounds": ("Five scores need four bounds.", "五档评分需要四个分界点。"),
    "unknown_algorithm": ("“{found}” is not one of {choices}.", "“{found}”不在可选值之中：{choices}。"),
    "groups_out_of_range": ("The number of groups lies between 2 and {most}.", "分群数应在 2 与 {most} 之间。"),
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, at one place: `values[2].key`."""

    path: str
    code: str
    labels: Labels

    @property
    def message(self) -> str:
        return self.text("en")

    def text(self, language: str) -> str:
        """The message in Chinese ("zh…") or English."""
        return self.labels.text(language, self.code)


def problem(path: str, code: str, **details: object) -> Problem:
    """A problem of ours, in words.

    >>> problem("cuts", "not_a_quantile").message
    'Quantiles lie between 0 and 1.'
    """
    english, chinese = (text.format(**details) for text in MESSAGES[code])
    return Problem(path, code, Labels(chinese, english))


def of_rule(found: Iterable[rules.Problem], place: str) -> list[Problem]:
    """The problems of a rule that stands at `place` of a definition."""
    return [Problem(f"{place}.{p.path}", p.code, Labels(p.text("zh"), p.text("en"))) for p in found]


class DefinitionError(SegmentationError):
    """A definition that cannot be computed, with everything that is wrong with it."""

    code = "definition_invalid"

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(f"{first.path}: {first.message}", where=first.path)
        self.problems = problems
