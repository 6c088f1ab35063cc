"""Phrases that rules are told in, in English and Chinese. Those of an operator or measure are in its own file."""

import re

PHRASES = {
    "quoted": ("“{text}”", "“{text}”"),
    "sentence": ("{subject} {judged}", "{subject}{judged}"),
    "every": (" and ", "，并且"),
    "some": (" or ", "，或者"),
    "group": ("({text})", "（{text}）"),
    "negated": ("not {text}", "并非{text}"),
    "aside": (" ({text})", "（{text}）"),
    "listed": (", ", "、"),
    "or": (" or ", "或"),
    "range": ("{low} and {high}", "{low}与{high}之间"),
    "more_values": ("{values} and {count} more", "{values}等共{total}个"),
    "true": ("yes", "“是”"),
    "false": ("no", "“否”"),
    "folded": ("without regard to case, width and accents", "不区分大小写、全半角和重音"),
    "missing_exclude": ("customers without a value are left out", "没有值的客户不计入"),
    "missing_include": ("customers without a value are counted in", "没有值的客户也计入"),
    "tag": ("tag {name}", "标签{name}"),
    "tag_from": ("tag {name} ({origins})", "标签{name}（{origins}）"),
    "member_segment": ("is in the segment {name}", "属于分群{name}"),
    "member_audience": ("is in the audience {name}", "属于人群包{name}"),
    # Where a measure has other words for one predicate.
    "items_of_count": ("number of {event}", "{event}的行数"),
    "occurrence_event": ("{event}", "{event}"),
    "occurrence_items_of": ("items of {event}", "{event}中的商品"),
    "with": ("{event} with ({where})", "{event}（{where}）"),
    "did": ("did {event} {window}", "{window}有过{event}"),
    "did_not": ("did no {event} {window}", "{window}没有{event}"),
    "measured": ("{measure} {judged}, {window}", "{window}，{measure}{judged}"),
    "days_ago": ("{days} days ago, {day}", "{days}天前，即{day}"),
    "days_ahead": ("{days} days from now, {day}", "{days}天后，即{day}"),
    "marketing": ("marketing", "营销"),
    "base_all": ("All customers", "全部客户"),
    "base_identified": ("Identified customers", "已识别客户"),
    "base_active": ("Customers active in the recent {days} days", "最近{days}天内活跃的客户"),
    "base_contactable": (
        "Customers contactable by {channel} for {purpose}",
        "可通过{channel}触达的客户（用途：{purpose}）",
    ),
    "all_hold": ("all of these hold:", "以下条件全部满足："),
    "any_holds": ("any of these holds:", "以下条件满足任意一项："),
    "not_all_hold": ("not all of these hold:", "以下条件并非全部满足："),
    "none_holds": ("none of these holds:", "以下条件均不满足："),
    "outlined": ("{base} where {head}", "{base}中，{head}"),
    "whole": (
        "{base} where {rule}. Days are those of {timezone}.",
        "{base}中，满足：{rule}。日期以 {timezone} 时区为准。",
    ),
    "first_ever": ("did {event} for the first time ever {window}", "{window}首次有过{event}"),
    "stopped": ("did {event} before, but not {window}", "此前有过{event}，但{window}没有"),
    "stopped_often": (
        "did {event} at least {times} times before, but not {window}",
        "此前有过至少{times}次{event}，但{window}没有",
    ),
    "restarted": (
        "did {event} again {window}, at least {days} days after the time before",
        "{window}重新有过{event}，距上一次至少{days}天",
    ),
    "regularly": (
        "did {event} in at least {times} of {periods} {bounds}",
        "{periods}{bounds}中至少有{times}个有过{event}",
    ),
    "periods_recent_days": ("the recent {count} days, today included", "最近{count}天（含今天）"),
    "periods_recent_weeks": ("the recent {count} weeks, this one included", "最近{count}周（含本周）"),
    "periods_recent_months": ("the recent {count} months, this one included", "最近{count}个月（含本月）"),
    "periods_recent_quarters": ("the recent {count} quarters, this one included", "最近{count}个季度（含本季度）"),
    "periods_recent_years": ("the recent {count} years, this one included", "最近{count}年（含今年）"),
    "periods_past_days": ("the past {count} days, today not included", "过去{count}天（不含今天）"),
    "periods_past_weeks": ("the past {count} weeks, this one not included", "过去{count}周（不含本周）"),
    "periods_past_months": ("the past {count} months, this one not included", "过去{count}个月（不含本月）"),
    "periods_past_quarters": ("the past {count} quarters, this one not included", "过去{count}个季度（不含本季度）"),
    "periods_past_years": ("the past {count} years, this one not included", "过去{count}年（不含今年）"),
    "more_often": ("did {event} more often than {other} {window}", "{window}，{event}的次数多于{other}"),
    "more_often_than_then": (
        "did {event} {window} more often than {other} {then}",
        "{window}{event}的次数多于{then}{other}的次数",
    ),
    "share": ("{part} as a percentage of {among}", "{part}占{among}的百分比"),
    "sequence": ("did in this order {steps}, {window}", "{window}依次有过{steps}"),
    "then": (", then ", "，然后"),
    "within_days": ("within {count} days", "{count}天内"),
    "within_hours": ("within {count} hours", "{count}小时内"),
    "within_minutes": ("within {count} minutes", "{count}分钟内"),
    "without": ("without {event} in between", "其间没有{event}"),
    "top_count": ("is among the top {limit} customers by {measure}, {window}", "{window}，{measure}排名前{limit}"),
    "top_percent": (
        "is among the top {limit} % of customers by {measure}, {window}",
        "{window}，{measure}排名前{limit}%",
    ),
    "bracketed": ("[{start} – {end}]", "［{start} 至 {end}］"),
    "window_next_days": ("in the next {value} days, today included", "未来{value}天（含今天）"),
    "window_recent_days": ("in the recent {value} days, today included", "最近{value}天（含今天）"),
    "window_past_days": ("in the past {value} days, today not included", "过去{value}天（不含今天）"),
    "window_rolling_hours": ("in the last {value} hours", "最近{value}小时"),
    "window_days_ago": ("from {first} to {last} days ago", "{first}天前至{last}天前"),
    "window_between": ("in the period", "指定时段"),
    "window_anniversary": ("around a day of the customer, such as a birthday", "客户的纪念日前后（如生日）"),
    "window_own": (
        "from {before} days before to {after} days after the customer's newest anniversary of {field}",
        "客户最近一次{field}周年日的前{before}天至后{after}天",
    ),
    "window_since": ("since {start}", "自{start}起"),
    "window_all_time": ("at any time", "任何时间"),
    "window_today": ("today", "今天"),
    "window_yesterday": ("yesterday", "昨天"),
    "window_this_week": ("this week", "本周"),
    "window_last_week": ("last week", "上周"),
    "window_this_month": ("this month", "本月"),
    "window_last_month": ("last month", "上月"),
    "window_this_quarter": ("this quarter", "本季度"),
    "window_last_quarter": ("last quarter", "上季度"),
    "window_this_year": ("this year", "今年"),
    "window_last_year": ("last year", "去年"),
    "bounds": ("{window} [{start} – {end}]", "{window}［{start} 至 {end}］"),
    "beginning": ("the beginning", "最初"),
    "end": ("the end", "以后"),
}  # fmt: skip


# English words that stand after a number, when it is one.
SINGULAR = re.compile(r"\b1 (days|hours|minutes|weeks|months|quarters|years|times|customers)\b")


def phrase(key: str, tongue: str, **details: object) -> str:
    """The phrase in one tongue, "en" or "zh"."""
    chinese = tongue == "zh"
    text = PHRASES[key][chinese]
    if not chinese and 1 in details.values():
        numbers = {name: value for name, value in details.items() if isinstance(value, int)}
        text = SINGULAR.sub(lambda found: found[0][:-1], text.format_map(_Kept(numbers)))
        details = {name: value for name, value in details.items() if name not in numbers}
    return text.format(**details)


class _Kept(dict[str, object]):
    """Fills in what it has and leaves other names as they are."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"
