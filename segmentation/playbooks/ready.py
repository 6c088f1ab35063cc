"""The ready playbooks: what shops do with segments and tags."""

from typing import Any

from segmentation.playbooks.base import Playbook, Variant
from segmentation.rules.catalog import Labels
from segmentation.tags.taxonomy.base import ORDER, every, feature, times

CONTACT = ("external_id", "name", "email")


def _power(*values: str) -> dict[str, Any]:
    return {"tag": "spending-power", "op": "one_of", "value": list(values)}


def _tier(key: str, zh: str, en: str, rule: dict[str, Any], offer_zh: str, offer_en: str) -> Variant:
    return Variant(key, Labels(zh, en), rule, Labels(offer_zh, offer_en))


_LATELY = times(ORDER, "at_least", 1, recent_days=90)

PLAYBOOKS: tuple[Playbook, ...] = (
    Playbook(
        "precision",
        "coins",
        Labels("精准营销：按消费力", "Precision marketing by spending power"),
        Labels(
            "按消费力给不同的优惠：高消费客户看新品与服务，一般客户看满减。",
            "Offers that fit what customers spend.",
        ),
        (
            _tier(
                "top", "高消费与顶级消费", "High and top spenders", every(_power("high", "top"), _LATELY),
                "新品优先、专属客服，不打折", "New arrivals first and personal service; no discount",
            ),
            _tier(
                "middle", "中等消费", "Medium spenders", every(_power("medium"), _LATELY),
                "满额赠礼，提升客单价", "A gift above a basket value, to raise it",
            ),
            _tier(
                "low", "一般消费", "Modest spenders", every(_power("low"), _LATELY),
                "满减券与爆款", "Coupons and best-sellers",
            ),
        ),
        metric="revenue",
        days=14,
        columns=(*CONTACT, "tag:spending-power"),
    ),
    Playbook(
        "win-back-customers",
        "ghost",
        Labels("流失唤回", "Win customers back"),
        Labels(
            "买过多次却很久没来的客户，用一次有力的优惠唤回。",
            "Bought several times and stayed away: one strong offer.",
        ),
        (
            _tier(
                "valuable", "高价值、60 天未购", "Valuable, away for 60 days",
                every(_power("high", "top"), feature("recency_days", "at_least", 60)),
                "专人关怀加大额券", "A personal message and a large coupon",
            ),
            _tier(
                "others", "其他、60 天未购", "Others, away for 60 days",
                every(_power("low", "medium"), feature("recency_days", "at_least", 60)),
                "限时小额券", "A small coupon for a few days",
            ),
        ),
        metric="conversion",
        days=14,
        columns=(*CONTACT, "tag:lifecycle-stage"),
    ),
    Playbook(
        "recommend",
        "sparkles",
        Labels("个性化推荐邮件", "Personal recommendations by mail"),
        Labels(
            "每位客户一份商品清单：名单里的“推荐商品”一列就是邮件内容。",
            "A list of products for each customer, in a column of the list.",
        ),
        (
            _tier(
                "active", "近 90 天有购买", "Bought in the past 90 days", _LATELY,
                "常买的与没买过但会喜欢的各几件", "Some they buy again and some new for them",
            ),
        ),
        metric="orders",
        days=14,
        columns=(*CONTACT, "recommended"),
    ),
    Playbook(
        "tiers",
        "crown",
        Labels("会员分层与权益", "Customer tiers with benefits"),
        Labels("按消费力分为四层，每层有自己的权益。", "Four tiers by spending power, each with its benefits."),
        (
            _tier(
                "platinum", "铂金", "Platinum", _power("top"),
                "免运费、生日礼、专属客服",
                "Free delivery, birthday gift, own service line",
            ),
            _tier("gold", "金", "Gold", _power("high"), "免运费、生日礼", "Free delivery and a birthday gift"),
            _tier("silver", "银", "Silver", _power("medium"), "双倍积分日", "Days of double points"),
            _tier("member", "普通", "Member", _power("low"), "积分与生日券", "Points and a birthday coupon"),
        ),
        metric="repeat",
        days=30,
        columns=(*CONTACT, "tag:spending-power"),
    ),
    Playbook(
        "ahead-of-season",
        "calendar-event",
        Labels("旺季前锁定潜在买家", "Likely buyers ahead of the season"),
        Labels(
            "模型认为未来 30 天很可能购买的客户，旺季前先通知。",
            "Who will probably buy within 30 days is told first.",
        ),
        (
            _tier(
                "likely", "购买概率高", "High chance to buy", {"tag": "chance-to-buy", "op": "is", "value": "high"},
                "预售与早鸟价", "Pre-sale and early prices",
            ),
            _tier(
                "undecided", "购买概率中等", "Medium chance to buy",
                {"tag": "chance-to-buy", "op": "is", "value": "medium"},
                "收藏提醒与小额券", "A reminder and a small coupon",
            ),
        ),
        metric="conversion",
        days=30,
        columns=(*CONTACT, "tag:chance-to-buy"),
    ),
)  # fmt: skip
