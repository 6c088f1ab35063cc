"""What marketers type to find a field in the rule builder: words for what is in its name, in both languages."""

import re
from typing import NamedTuple

from segmentation.rules.catalog import Labels

# What a name holds → what it is searched by. Names are those of events, properties, features and traits.
_WORDS = {
    r"order (completed|paid|placed)|purchase|checkout completed": (
        "下单 购买 买过 消费 成交 付款 支付 交易 订单 复购 "
        "bought buy ordered order purchased purchase paid spent spend transaction"
    ),
    r"view|page|screen": "浏览 看过 访问 viewed saw browsed visited",
    r"cart|basket": "加购 购物车 客单件数 cart basket",
    r"coupon|discount": "优惠券 用券 领券 折扣 促销 voucher promotion deal price sensitive",
    r"refund|return|cancel": "退货 退款 取消 returned refunded",
    r"search": "搜索 查找 searched",
    r"sign(ed)? ?up|regist|first seen": "注册 入会 新客 registered joined new customer",
    r"campaign|email|sms|push|message": "营销 活动 触达 短信 邮件 推送 campaign mailing reached",
    r"monetary|spent|total|amount|largest order": "消费 金额 花费 支出 价值 高价值 GMV LTV spend spent revenue value",
    r"frequency|orders|repeat": "复购 回购 购买 下单 频次 次数 bought ordered repeat loyal often",
    r"recency|last order": "流失 沉睡 最近购买 未购买 churn lapsed inactive lost last bought",
    r"tenure": "新客 老客 入会时长 new customer since age",
    r"interval": "复购周期 购买周期 cycle every",
    r"average order": "客单价 AOV ticket",
    r"trend": "流失预警 上升 下滑 churn growing declining",
    r"active": "活跃 活跃度 active engaged",
    r"categor|brand|product|sku": "品类 品牌 商品 偏好 喜欢 product category likes favourite",
    r"birth": "生日 周岁 birthday anniversary",
    r"age|gender|sex|household|income|marital|kids": "人口属性 画像 demographic",
    r"city|province|country|region|store": "地区 城市 门店 location place",
}  # fmt: skip
_KNOWN = [(re.compile(rf"\b({names})"), words) for names, words in _WORDS.items()]


class Pattern(NamedTuple):
    """A way to behave that is searched by a name of its own; `value` is what a count is compared with."""

    how: str
    labels: Labels
    also: str
    value: int | None = None


PATTERNS = {
    "repeat": Pattern(
        "count", Labels("…：复购（至少两次）", "…: repeatedly (at least twice)"), "复购 回购 再次购买 repeat again", 2
    ),
    "first": Pattern("first_ever", Labels("…：首次", "…: for the first time"), "首购 首单 新客 first new customer"),
    "lapsed": Pattern(
        "stopped",
        Labels("…：流失（曾经有，近期没有）", "…: stopped (before, not lately)"),
        "流失 沉睡 休眠 未购买 churn churned lapsed inactive lost",
    ),
    "back": Pattern(
        "restarted",
        Labels("…：回流（停顿后再次）", "…: came back after a pause"),
        "召回 回流 唤醒 win back winback reactivated returned",
    ),
    "habit": Pattern(
        "regularly", Labels("…：规律发生", "…: regularly"), "规律 习惯 忠诚 每月 每周 habit loyal monthly weekly"
    ),
    "funnel": Pattern(
        "sequence",
        Labels("…：之后又做了…", "…: followed by something else"),
        "先后 转化 漏斗 路径 之后 funnel then sequence path",
    ),
    "rising": Pattern(
        "more_often",
        Labels("…：多于以往", "…: more often than before"),
        "上升 增长 频次增加 rising growing increase",
    ),
    "share": Pattern("share", Labels("…：占比", "…: share of all"), "占比 比例 percent share ratio"),
    "top": Pattern(
        "top",
        Labels("…：排名靠前", "…: among the highest"),
        "头部 排名 大客户 高价值 top best vip whales biggest",
    ),
}


def also(name: str, labels: Labels) -> str:
    """What the field of this name is found by besides its label: synonyms, and the label in the other language.

    >>> "下单" in also("Order Completed", Labels("完成订单", "Order completed"))
    True
    """
    plain = re.sub(r"[_\W]+", " ", f"{name} {labels.text('en', name)}".lower())
    found = [words for names, words in _KNOWN if names.search(plain)]
    return " ".join([labels.text("zh", name), labels.text("en", name), *found])
