"""What customers like to buy."""

from segmentation.rules.catalog import Labels
from segmentation.tags.taxonomy.base import ORDER, Node, ReadyCategory, ReadyTag, bands, name

CATEGORIES = (
    ReadyCategory("preference", "商品偏好", "Preferences"),
    ReadyCategory("category-preference", "品类偏好", "Categories", parent="preference"),
    ReadyCategory("brand-preference", "品牌偏好", "Brands", parent="preference"),
)

_REST = name("none", "无明显偏好", "No clear preference")
# The data's own spelling, where a marketer would write it differently.
_CATEGORIES = {
    "AUTOMOTIVE": Labels("汽车用品", "Automotive"),
    "CHEF SHOPPE": Labels("现做餐食", "Chef's counter"),
    "CNTRL/STORE SUP": Labels("店用物料", "Store supplies"),
    "COSMETICS": Labels("美妆护肤", "Cosmetics"),
    "COUPON": Labels("券类商品", "Coupons"),
    "DELI": Labels("熟食", "Deli"),
    "DRUG GM": Labels("个护百货", "Drugstore"),
    "FLORAL": Labels("鲜花绿植", "Flowers"),
    "FROZEN GROCERY": Labels("冷冻食品", "Frozen food"),
    "FUEL": Labels("加油", "Fuel"),
    "GARDEN CENTER": Labels("园艺", "Garden"),
    "GM MERCH EXP": Labels("百货", "General merchandise"),
    "GROCERY": Labels("食品杂货", "Grocery"),
    "MEAT": Labels("鲜肉", "Fresh meat"),
    "MEAT-PCKGD": Labels("包装肉制品", "Packaged meat"),
    "MISCELLANEOUS": Labels("其他杂项", "Miscellaneous"),
    "NUTRITION": Labels("健康营养", "Health food"),
    "PASTRY": Labels("烘焙糕点", "Bakery"),
    "PRODUCE": Labels("蔬菜水果", "Fruit and vegetables"),
    "RESTAURANT": Labels("餐饮", "Restaurant"),
    "SALAD BAR": Labels("沙拉吧", "Salad bar"),
    "SEAFOOD": Labels("鲜活水产", "Fresh seafood"),
    "SEAFOOD-PCKGD": Labels("包装水产", "Packaged seafood"),
    "SPIRITS": Labels("酒类", "Spirits"),
    "TRAVEL & LEISURE": Labels("旅行休闲", "Travel and leisure"),
    "National": Labels("全国品牌", "National brands"),
    "Private": Labels("自有品牌", "Private label"),
}


def _prefers(property: str, **more: object) -> Node:
    spelling = {text: {"zh": labels.zh, "en": labels.en} for text, labels in _CATEGORIES.items()}
    return {"event": ORDER, "property": property, "least_index": 1.2, "spelling": spelling, **more}


TAGS = (
    ReadyTag(
        "favourite-category",
        "category-preference",
        "最突出的品类",
        "Most distinctive category",
        "preference",
        (_prefers("category", past_days=365, rarest=0.01, rest=_REST),),
        "近一年买得比一般客户多最多的一级品类（TGI ≥ 120，至少 3 件）",
        "The category bought furthest beyond what is usual in a year (index of 120 or more, at least 3 items)",
    ),
    ReadyTag(
        "liked-categories",
        "category-preference",
        "突出的品类（可多个）",
        "Distinctive categories (several)",
        "preference",
        (_prefers("category", past_days=180, pick="all", rarest=0.01, most=20),),
        "近半年购买占比高于全体 20% 以上的品类（TGI ≥ 120），可多选",
        "Categories that take a share of purchases at least 20 % above everybody's in half a year; several can apply",
        exclusive=False,
    ),
    ReadyTag(
        "category-breadth",
        "category-preference",
        "品类广度",
        "Range of categories",
        "statistic",
        (
            bands(
                "category_diversity",
                [4, 8, 12],
                ("narrow", "品类专一", "Narrow"),
                ("some", "少数品类", "Some"),
                ("broad", "品类较广", "Broad"),
                ("all", "全品类", "Nearly all"),
            ),
        ),
        "买过的一级品类数",
        "Number of broadest categories bought from",
    ),
    ReadyTag(
        "brand-preference",
        "brand-preference",
        "品牌倾向",
        "Brand leaning",
        "preference",
        (_prefers("brand", past_days=365, most=20, rarest=0.005, rest=_REST),),
        "近一年购买占比高于全体 20% 以上的品牌（TGI ≥ 120）中最突出的一个",
        "The brand that stands out most against everybody's share in a year (index of 120 or more)",
    ),
    ReadyTag(
        "brand-loyalty",
        "brand-preference",
        "品牌忠诚度",
        "Brand loyalty",
        "statistic",
        (
            bands(
                "brand_share",
                [0.25, 0.75],
                ("wandering", "品牌分散", "Many brands"),
                ("leaning", "有所偏好", "Leaning"),
                ("loyal", "品牌忠诚", "Loyal"),
                by="quantiles",
            ),
        ),
        "最爱品牌的消费占比，按全体客户的四分位分级",
        "The favourite brand's share of spending, by quartiles of all customers",
    ),
)
