"""How much customers spend."""

from segmentation.tags.taxonomy.base import ReadyCategory, ReadyTag, bands

CATEGORIES = (ReadyCategory("spending", "消费能力", "Spending power"),)

TAGS = (
    ReadyTag(
        "spending-power",
        "spending",
        "消费力等级",
        "Spending power",
        "statistic",
        (
            bands(
                "monetary",
                [0.5, 0.8, 0.95],
                ("low", "一般消费", "Modest"),
                ("medium", "中等消费", "Medium"),
                ("high", "高消费", "High"),
                ("top", "顶级消费", "Top"),
                by="quantiles",
                above=0,
            ),
        ),
        "按累计消费金额在全体买家中的位置分级：前 5%、前 20%、前 50%",
        "By total spending among all buyers: top 5, 20 and 50 percent",
    ),
    ReadyTag(
        "order-value",
        "spending",
        "客单价",
        "Order value",
        "statistic",
        (
            bands(
                "average_order",
                [0.25, 0.75],
                ("low", "低客单", "Small orders"),
                ("medium", "中客单", "Medium orders"),
                ("high", "高客单", "Large orders"),
                by="quantiles",
            ),
        ),
        "平均每单实付金额",
        "Paid per order on average",
    ),
    ReadyTag(
        "recent-spending",
        "spending",
        "近期消费力",
        "Recent spending",
        "statistic",
        (
            bands(
                "spent_12w",
                [0.5, 0.8],
                ("low", "近期低消费", "Low lately"),
                ("medium", "近期中消费", "Medium lately"),
                ("high", "近期高消费", "High lately"),
                by="quantiles",
                above=0,
            ),
        ),
        "近 12 周有消费的客户，按消费金额分级",
        "Customers who bought in the last 12 weeks, by what they spent",
    ),
)
