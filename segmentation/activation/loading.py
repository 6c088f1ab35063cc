"""The destinations there are."""

from customers import plugins
from segmentation.activation import destinations as folder
from segmentation.activation.destinations.base import Destination
from segmentation.errors import SegmentationError


def destination_of(key: str) -> Destination:
    """The destination of this key. Raises SegmentationError, which names those there are."""
    try:
        return plugins.load(folder.__name__, key, Destination)
    except LookupError as error:
        raise SegmentationError(str(error), where="destination") from None


def all_destinations() -> dict[str, Destination]:
    """Every destination by key."""
    return plugins.load_all(folder.__name__, Destination)
