"""Rules are told in words, in both languages, with the instants their windows come to."""

import pytest

from segmentation.rules.describe import describe
from segmentation.rules.parse import parse
from segmentation.rules.phrases import PHRASES
from tests.segmentation.rules.shop_words import AS_OF, CATALOG, rule

WITH_DEFAULTS = {"trait": "country", "op": "is", "value": "CN"}
ORDERED = {"event": "Order Completed", "window": {"past_days": 3}}
ORDER = {"event": "Order Completed"}
LARGE = {**ORDER, "where": {"property": "total", "op": "more_than", "value": 5}}
SPORTS = {"property": "category", "op": "is", "value": "sports"}


def told(leaf: dict, language: str, **parts: object) -> str:
    return describe(parse(rule(leaf, **parts), CATALOG), CATALOG, language, AS_OF).rule.text


# One condition, in English and in Chinese.
TOLD = [
    (WITH_DEFAULTS, "“Country” is “CN”", "“国家”是“CN”"),
    (
        {"trait": "country", "op": "is_not", "value": "CN", "fold": True},
        "“Country” is not “CN” (without regard to case, width and accents, customers without a value are left out)",
        "“国家”不是“CN”（不区分大小写、全半角和重音、没有值的客户不计入）",
    ),
    (
        {"trait": "country", "op": "not_one_of", "value": ["CN", "US"], "missing": "include"},
        "“Country” is none of “CN”, “US” (customers without a value are counted in)",
        "“国家”不是“CN”、“US”中的任何一个（没有值的客户也计入）",
    ),
    ({"trait": "country", "op": "is_missing"}, "“Country” has no value", "“国家”没有值"),
    ({"trait": "age", "op": "between", "value": [18, 30.5]}, "“Age” is between 18 and 30.5", "“年龄”介于18与30.5之间"),
    ({"trait": "vip", "op": "is", "value": True}, "“VIP” is yes", "“贵宾”是“是”"),
    (
        {"trait": "joined", "op": "before", "value": {"days_ago": 30}},
        "“Joined” is before 30 days ago, 2026-02-15 00:00",
        "“注册时间”早于30天前，即2026-02-15 00:00",
    ),
    (
        {"trait": "birthday", "op": "within", "value": {"calendar": "this_month"}},
        "“Birthday” is this month [2026-03-01 00:00 – 2026-04-01 00:00]",
        "“生日”在本月［2026-03-01 00:00 至 2026-04-01 00:00］",
    ),
    (
        {"trait": "interests", "op": "has_all", "value": ["tea", "go"]},
        "“Interests” has all of “tea”, “go”",
        "“兴趣”含有全部“tea”、“go”",
    ),
    (
        {"feature": "monetary", "op": "at_least", "value": 12500},
        "“Monetary” is at least 12,500",
        "“消费金额”至少为12,500",
    ),
    (
        ORDERED,
        "did “Order” in the past 3 days, today not included [2026-03-14 00:00 – 2026-03-17 00:00]",
        "过去3天（不含今天）［2026-03-14 00:00 至 2026-03-17 00:00］有过“下单”",
    ),
    (
        {**ORDERED, "op": "is", "value": 0},
        "did no “Order” in the past 3 days, today not included [2026-03-14 00:00 – 2026-03-17 00:00]",
        "过去3天（不含今天）［2026-03-14 00:00 至 2026-03-17 00:00］没有“下单”",
    ),
    (
        {**ORDERED, "measure": {"sum": "total"}, "op": "more_than", "value": 99.5},
        "sum of “Total” in “Order” is more than 99.5, "
        "in the past 3 days, today not included [2026-03-14 00:00 – 2026-03-17 00:00]",
        "过去3天（不含今天）［2026-03-14 00:00 至 2026-03-17 00:00］，“下单”的“金额”合计大于99.5",
    ),
    (
        {"items_of": "Order Completed", "where": SPORTS, "op": "at_least", "value": 2, "window": {"rolling_hours": 24}},
        "number of items of “Order” with (“Category” is “sports”) is at least 2, "
        "in the last 24 hours [2026-03-16 09:00 – 2026-03-17 09:00]",
        "最近24小时［2026-03-16 09:00 至 2026-03-17 09:00］，“下单”中的商品（“品类”是“sports”）的行数至少为2",
    ),
    (
        {"tag": "spending-power", "op": "one_of", "value": ["high", "low"]},
        "tag “Spending power” is one of “High”, “Low”",
        "标签“消费能力”是“高”、“低”之一",
    ),
    (
        {"trait": "birthday", "op": "anniversary", "value": {"next_days": 7}},
        "“Birthday” has its anniversary in the next 7 days, today included [2026-03-17 – 2026-03-23]",
        "“生日”的周年日在未来7天（含今天）［2026-03-17 至 2026-03-23］",
    ),
    (
        {**ORDERED, "measure": {"last_value": "store"}, "op": "is", "value": "main"},
        "last “Store” in “Order” is “main”, "
        "in the past 3 days, today not included [2026-03-14 00:00 – 2026-03-17 00:00]",
        "过去3天（不含今天）［2026-03-14 00:00 至 2026-03-17 00:00］，末次“下单”的“门店”是“main”",
    ),
    (
        {"stopped": ORDER, "times": 2, "lately": {"recent_days": 1}},
        "did “Order” at least 2 times before, but not in the recent 1 day, today included "
        "[2026-03-17 00:00 – 2026-03-17 09:00]",
        "此前有过至少2次“下单”，但最近1天（含今天）［2026-03-17 00:00 至 2026-03-17 09:00］没有",
    ),
    (
        {"regularly": ORDER, "at_least": 3, "of": {"past_weeks": 4}},
        "did “Order” in at least 3 of the past 4 weeks, this one not included [2026-02-16 00:00 – 2026-03-16 00:00]",
        "过去4周（不含本周）［2026-02-16 00:00 至 2026-03-16 00:00］中至少有3个有过“下单”",
    ),
    (
        {"sequence": [ORDER, {**ORDER, "within": {"days": 1}, "without": LARGE}], "window": {"calendar": "today"}},
        "did in this order “Order”, then “Order” (within 1 day, without “Order” with (“Total” is more than 5) "
        "in between), today [2026-03-17 00:00 – 2026-03-17 09:00]",
        "今天［2026-03-17 00:00 至 2026-03-17 09:00］依次有过"
        "“下单”，然后“下单”（1天内、其间没有“下单”（“金额”大于5））",
    ),
    (
        {
            "share": LARGE,
            "among": ORDER,
            "measure": {"sum": "total"},
            "op": "at_least",
            "value": 50,
            "window": {"calendar": "today"},
        },
        "sum of “Total” in “Order” with (“Total” is more than 5) as a percentage of sum of “Total” in “Order” "
        "is at least 50, today [2026-03-17 00:00 – 2026-03-17 09:00]",
        "今天［2026-03-17 00:00 至 2026-03-17 09:00］，"
        "“下单”（“金额”大于5）的“金额”合计占“下单”的“金额”合计的百分比至少为50",
    ),
    (
        {"top": {"percent": 10}, "by": {**ORDER, "measure": {"sum": "total"}}, "window": {"calendar": "today"}},
        "is among the top 10 % of customers by sum of “Total” in “Order”, today [2026-03-17 00:00 – 2026-03-17 09:00]",
        "今天［2026-03-17 00:00 至 2026-03-17 09:00］，“下单”的“金额”合计排名前10%",
    ),
    ({"segment": "vip"}, "is in the segment “VIP”", "属于分群“贵宾”"),
    ({"audience": "spring-sale"}, "is in the audience “Spring sale”", "属于人群包“春季促销”"),
    ({"not": {"segment": "vip"}}, "not (is in the segment “VIP”)", "并非（属于分群“贵宾”）"),
    (
        {"any": [{"segment": "vip"}, {"all": [WITH_DEFAULTS, {"segment": "new"}]}]},
        "(is in the segment “VIP” or (“Country” is “CN” and is in the segment “New”))",
        "（属于分群“贵宾”，或者（“国家”是“CN”，并且属于分群“新客”））",
    ),
]


@pytest.mark.parametrize(("leaf", "english", "chinese"), TOLD)
def test_a_condition_is_told_in_both_languages(leaf, english, chinese):
    assert told(leaf, "en") == english
    assert told(leaf, "zh-hans") == chinese


def test_the_whole_rule_is_one_sentence_with_its_base_and_time_zone():
    read = parse(rule({"all": [WITH_DEFAULTS, {"segment": "vip"}]}, base={"population": "active", "days": 30}), CATALOG)
    assert describe(read, CATALOG, "en", AS_OF).sentence == (
        "Customers active in the recent 30 days where “Country” is “CN” and is in the segment “VIP”. "
        "Days are those of Asia/Shanghai."
    )
    assert describe(read, CATALOG, "zh-hans", AS_OF).sentence == (
        "最近30天内活跃的客户中，满足：“国家”是“CN”，并且属于分群“贵宾”。日期以 Asia/Shanghai 时区为准。"
    )


def test_each_node_has_its_words_under_its_path():
    read = parse(rule({"all": [WITH_DEFAULTS, {"not": {"segment": "vip"}}]}), CATALOG)
    words = describe(read, CATALOG, "en", AS_OF).rule
    assert words.kind == "all"
    assert [part.path for part in words.parts] == ["rule.all[0]", "rule.all[1]"]
    assert words.parts[1].parts[0].path == "rule.all[1].not"
    assert words.parts[1].parts[0].text == "is in the segment “VIP”"


def test_instants_are_told_in_the_rules_time_zone():
    leaf = {"event": "Order Completed", "window": {"calendar": "today"}}
    assert "[2026-03-16 00:00 – 2026-03-16 21:00]" in told(leaf, "en", timezone="America/New_York")


def test_long_texts_and_lists_are_cut_short():
    assert len(told({"trait": "country", "op": "is", "value": "x" * 5000}, "en")) < 120
    many = {"trait": "country", "op": "one_of", "value": [f"c{n}" for n in range(5000)]}
    assert told(many, "en").endswith("“c7” and 4992 more")
    assert told(many, "zh").endswith("等共5000个之一")


def test_braces_in_names_and_values_are_just_braces():
    assert told({"trait": "country", "op": "is", "value": "{value} {0}"}, "en") == "“Country” is “{value} {0}”"


def test_every_phrase_takes_the_same_details_in_both_languages():
    def details(text: str) -> set[str]:
        return {part.partition("}")[0] for part in text.split("{")[1:]}

    unequal = {key for key, (english, chinese) in PHRASES.items() if details(english) != details(chinese)}
    assert unequal == {"more_values"}  # English says how many more, Chinese how many in all
