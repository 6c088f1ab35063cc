"""Where a tag's value for a customer comes from, as rules can ask: a person, a list, a computation, others alike."""

from segmentation.rules.catalog import Labels
from segmentation.rules.vocabulary import Reference

# In the order in which they are told. Each customer's value of a tag has exactly one.
ORIGINS = {
    "by_hand": Labels("人工标记", "by hand"),
    "imported": Labels("导入名单", "from a list"),
    "declared": Labels("已知取值", "known before"),
    "rule": Labels("规则", "by rule"),
    "computed": Labels("指标计算", "from figures"),
    "cluster": Labels("聚类", "by clustering"),
    "collaborative": Labels("协同推荐", "suggested by similar customers"),
    "propagated": Labels("标签传播", "spread from others"),
    "predicted": Labels("预测", "predicted"),
    "kept": Labels("沿用历史值", "kept from an earlier run"),
}
_SEPARATOR = ":"


def reference(key: str, value: str, origin: str = "") -> Reference:
    """A tag's value as rules refer to it; with an origin only the customers who have it from there.

    >>> reference("diet", "vegan"), reference("diet", "vegan", "by_hand")
    (('tag', 'diet', 'vegan'), ('tag:by_hand', 'diet', 'vegan'))
    """
    return (f"tag{_SEPARATOR}{origin}" if origin else "tag"), key, value


def split(kind: str) -> tuple[str, str]:
    """The kind of a reference without its origin, and the origin; the latter is empty where none is asked for.

    >>> split("tag:by_hand"), split("segment")
    (('tag', 'by_hand'), ('segment', ''))
    """
    plain, _, origin = kind.partition(_SEPARATOR)
    return (plain, origin) if plain == "tag" else (kind, "")
