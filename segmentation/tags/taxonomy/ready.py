"""All that is ready, in the order in which it is made: what a tag builds on comes before it."""

from segmentation.tags.taxonomy import (
    activity,
    clusters,
    demography,
    habits,
    marketing,
    predictions,
    preference,
    price,
    spending,
    suggested,
    value,
)
from segmentation.tags.taxonomy.base import ReadyCategory, ReadyTag

_THEMES = (
    demography,
    suggested,
    spending,
    activity,
    preference,
    price,
    habits,
    marketing,
    value,
    predictions,
    clusters,
)

CATEGORIES: tuple[ReadyCategory, ...] = tuple(category for theme in _THEMES for category in theme.CATEGORIES)
TAGS: tuple[ReadyTag, ...] = tuple(tag for theme in _THEMES for tag in theme.TAGS)
