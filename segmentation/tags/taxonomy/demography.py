"""Who the customers are: declared traits. A shop that does not know them goes without."""

from segmentation.tags.taxonomy.base import Node, ReadyCategory, ReadyTag, every, rules, trait, value

CATEGORIES = (
    ReadyCategory("demography", "人口属性", "Demography"),
    ReadyCategory("basics", "基本信息", "Basics", parent="demography"),
    ReadyCategory("household", "家庭信息", "Household", parent="demography"),
)

_AGES = ((0, 24), (25, 34), (35, 44), (45, 54), (55, 64))


def _from(key: str, first: int, below: int | None = None) -> Node:
    """A number from `first` on, and below `below`."""
    least = trait(key, "at_least", first)
    return least if below is None else every(least, trait(key, "less_than", below))


def _ages(key: str) -> Node:
    bands = [
        value(f"{first}-{last}", f"{first}–{last} 岁", f"{first}–{last}", _from(key, first, last + 1))
        for first, last in _AGES[1:]
    ]
    young = value("under-25", "24 岁及以下", "Under 25", trait(key, "less_than", 25))
    return rules(young, *bands, value("65-up", "65 岁及以上", "65 and over", _from(key, 65)))


def _incomes(key: str) -> Node:
    return rules(
        value("low", "低收入（< 3.5 万）", "Low (< 35,000)", trait(key, "less_than", 35_000)),
        value("middle", "中等收入（3.5–7.5 万）", "Middle (35,000–75,000)", _from(key, 35_000, 75_000)),
        value("upper", "中高收入（7.5–12.5 万）", "Upper middle (75,000–125,000)", _from(key, 75_000, 125_000)),
        value("high", "高收入（≥ 12.5 万）", "High (≥ 125,000)", _from(key, 125_000)),
    )


TAGS = (
    ReadyTag(
        "age-band",
        "basics",
        "年龄段",
        "Age band",
        "rule",
        (_ages("age_from"), _ages("age")),
        "按年龄划分的人群",
        "Customers by age",
    ),
    ReadyTag(
        "gender",
        "basics",
        "性别",
        "Gender",
        "rule",
        (
            rules(
                value("female", "女", "Female", trait("gender", "one_of", ["female", "F", "女"])),
                value("male", "男", "Male", trait("gender", "one_of", ["male", "M", "男"])),
            ),
        ),
        "客户填写的性别",
        "As the customer said",
    ),
    ReadyTag(
        "income-level",
        "basics",
        "收入水平",
        "Income",
        "rule",
        (_incomes("income_from"), _incomes("income")),
        "家庭年收入区间",
        "Yearly income of the household",
    ),
    ReadyTag(
        "marital-status",
        "household",
        "婚姻状况",
        "Marital status",
        "rule",
        (
            rules(
                value("married", "已婚", "Married", trait("marital_status", "is", "Married")),
                value("unmarried", "未婚", "Unmarried", trait("marital_status", "is", "Unmarried")),
            ),
        ),
        "是否已婚",
        "Married or not",
    ),
    ReadyTag(
        "household-size",
        "household",
        "家庭规模",
        "Household size",
        "rule",
        (
            rules(
                value("single", "单人家庭", "One person", trait("household_size", "is", 1)),
                value("couple", "两口之家", "Two people", trait("household_size", "is", 2)),
                value("small", "三至四口之家", "Three or four people", _from("household_size", 3, 5)),
                value("large", "五口及以上", "Five or more people", _from("household_size", 5)),
            ),
        ),
        "家庭常住人口数",
        "People in the household",
    ),
    ReadyTag(
        "children",
        "household",
        "子女情况",
        "Children",
        "rule",
        (
            rules(
                value("none", "无子女同住", "No children", trait("kids_count", "is", 0)),
                value("one", "一孩家庭", "One child", trait("kids_count", "is", 1)),
                value("several", "多孩家庭", "Several children", _from("kids_count", 2)),
            ),
        ),
        "同住子女数",
        "Children in the household",
    ),
    ReadyTag(
        "home-ownership",
        "household",
        "住房情况",
        "Home",
        "rule",
        (
            rules(
                value(
                    "owner", "自有住房", "Owner", trait("home_ownership", "one_of", ["Homeowner", "Probable Homeowner"])
                ),
                value("renter", "租房", "Renter", trait("home_ownership", "one_of", ["Renter", "Probable Renter"])),
            ),
        ),
        "自有住房或租房",
        "Owns or rents the home",
    ),
)
