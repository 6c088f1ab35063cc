"""The features there are."""

from customers import plugins
from segmentation.errors import SegmentationError
from segmentation.profiles import features as folder
from segmentation.profiles.features.base import Feature


def all_features() -> dict[str, Feature]:
    """Every feature by key."""
    return plugins.load_all(folder.__name__, Feature)


def feature(key: str) -> Feature:
    """The feature called `key`. Raises SegmentationError "unknown_feature", which names those there are."""
    found = all_features()
    if key not in found:
        raise SegmentationError(f"{key!r} is not one of the features {', '.join(found)}.", code="unknown_feature")
    return found[key]
