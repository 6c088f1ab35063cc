"""What can be wrong with a rule, with its place, in two languages."""

from dataclasses import dataclass, field
from typing import Any

from segmentation.errors import SegmentationError

# Code → (English, Chinese). Details in braces.
MESSAGES = {
    "not_an_object": ("This must be an object.", "这里应为对象。"),
    "not_a_list": ("This must be a list.", "这里应为列表。"),
    "empty_list": ("The list is empty; give at least one value.", "列表为空，请至少给出一个值。"),
    "empty_group": (
        "The group is empty; add a condition or remove the group. An empty group never means everybody.",
        "条件组为空，请添加条件或删除该组。空组从不表示“所有人”。",
    ),
    "missing_key": ("“{key}” is missing.", "缺少“{key}”。"),
    "unknown_key": ("“{key}” is not known here.", "此处不支持“{key}”。"),
    "no_condition": ("Write exactly one of these here: {choices}.", "这里应恰好写以下之一：{choices}。"),
    "several_conditions": ("This is several conditions in one: {found}.", "这里混有多个条件：{found}。"),
    "unsupported_version": (
        "Version {found} is not known; this is version {supported}.",
        "不支持版本 {found}，当前版本为 {supported}。",
    ),
    "too_deep": ("Groups nest deeper than {limit}.", "条件嵌套超过 {limit} 层。"),
    "too_many_conditions": ("The rule has more than {limit} conditions.", "规则的条件超过 {limit} 个。"),
    "too_many_values": ("The list has more than {limit} values.", "列表的值超过 {limit} 个。"),
    "too_many_problems": ("There are more problems; mend these first.", "还有更多问题，请先修正以上问题。"),
    "unknown_name": ("There is no {kind} “{name}”.{hint}", "不存在{kind}“{name}”。{hint}"),
    "unknown_choice": ("“{found}” is not one of {choices}.", "“{found}”不在可选值之中：{choices}。"),
    "unknown_timezone": (
        "“{found}” is no time zone; write one like Asia/Shanghai.",
        "“{found}”不是时区，请使用如 Asia/Shanghai 的写法。",
    ),
    "operator_not_for_type": (
        "“{op}” does not apply to {type} (“{name}”); use one of {choices}.",
        "“{op}”不适用于{type}（“{name}”），可用：{choices}。",
    ),
    "not_a_date_trait": (
        "“{name}” is {type}; only a date or time has an anniversary.",
        "“{name}”的类型是{type}，只有日期或时间才有周年日。",
    ),
    "measure_not_for_type": (
        "“{measure}” does not apply to {type} (“{name}”).",
        "“{measure}”不适用于{type}（“{name}”）。",
    ),
    "no_fold_here": ("“fold” applies to text only, and not to every operator.", "“fold”仅适用于文本及部分运算符。"),
    "no_missing_here": (
        "“missing” is stated with negative operators only, where a value can be missing.",
        "仅当否定类运算符的值可能缺失时才可写“missing”。",
    ),
    "no_value_here": ("“{op}” takes no value.", "“{op}”不需要值。"),
    "not_a_number": ("This must be a number.", "这里应为数字。"),
    "number_out_of_range": ("The number is beyond ±{limit}.", "数字超出 ±{limit}。"),
    "not_a_count": ("This must be a whole number from {first} to {last}.", "这里应为 {first} 至 {last} 的整数。"),
    "not_text": ("This must be text.", "这里应为文本。"),
    "text_too_long": ("The text is longer than {limit} characters.", "文本超过 {limit} 个字符。"),
    "text_with_bad_characters": ("The text holds characters that cannot be stored.", "文本含有无法保存的字符。"),
    "not_true_or_false": ("This must be true or false.", "这里应为 true 或 false。"),
    "not_true": ("This must be true.", "这里应为 true。"),
    "not_an_instant": (
        "This must be a day or time like 2026-03-17 or 2026-03-17T09:00+08:00.",
        "这里应为日期或时间，如 2026-03-17 或 2026-03-17T09:00+08:00。",
    ),
    "not_a_day": ("This must be a day like 2026-03-17.", "这里应为日期，如 2026-03-17。"),
    "year_out_of_range": ("The year must be from {first} to {last}.", "年份应在 {first} 至 {last} 之间。"),
    "not_a_pair": ("This must be a list of two values.", "这里应为两个值的列表。"),
    "pair_upside_down": ("The first of the two must not be the larger.", "第一个值不能大于第二个值。"),
    "days_upside_down": (
        "“from” is further back than “to”, so it must not be smaller.",
        "“from”比“to”更早，因此不能小于“to”。",
    ),
    "mixed_kinds": (
        "Both sides must be of one kind: two “event” or two “items_of”.",
        "两边须为同一种：同为“event”或同为“items_of”。",
    ),
    "more_than_periods": ("There are only {count} periods.", "总共只有 {count} 个周期。"),
    "too_few_steps": ("A sequence has at least two steps.", "序列至少有两步。"),
    "needs_a_start": ("The window must begin somewhere, so not “all_time”.", "窗口须有起点，因此不能为“all_time”。"),
    "not_a_percentage": ("This must be a number above 0 and up to 100.", "这里应为大于 0、不超过 100 的数字。"),
    "bad_pattern": ("RE2 refuses the pattern: {reason}.", "RE2 不接受该正则表达式：{reason}。"),
}  # fmt: skip

# Words that stand in details.
WORDS = {
    "trait": "属性", "feature": "特征", "event": "事件", "event property": "事件属性", "item property": "商品属性",
    "tag": "标签", "value of the tag": "标签值", "segment": "分群", "audience": "人群包", "channel": "渠道",
    "number": "数字", "text": "文本", "boolean": "是/否", "datetime": "时间", "date": "日期", "text_list": "文本列表",
}  # fmt: skip
HINT = (" Did you mean “{name}”?", "您是否指“{name}”？")
LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at one place: `rule.all[2].value`."""

    path: str
    code: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return self.text("en")

    def text(self, language: str) -> str:
        """The message in Chinese ("zh…") or English, long names cut short."""
        chinese = language.startswith("zh")
        details = {key: _shown(key, value, chinese) for key, value in self.details.items()}
        if "hint" in details:
            details["hint"] = HINT[chinese].format(name=details["hint"]) if details["hint"] else ""
        return MESSAGES[self.code][chinese].format(**details)


def _shown(key: str, value: object, chinese: bool) -> str:
    if isinstance(value, list | tuple):
        return ("、" if chinese else ", ").join(map(str, value))
    if key in {"kind", "type"}:
        return WORDS[str(value)] if chinese else str(value).replace("_", " ")
    text = str(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


class RuleError(SegmentationError):
    """A rule that cannot run, with everything that is wrong with it."""

    code = "rule_invalid"

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(f"{first.path}: {first.message}", where=first.path)
        self.problems = problems
