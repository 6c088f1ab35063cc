"""The places that keep something of customers."""

from customers import plugins
from segmentation.privacy.stores.base import Store

PACKAGE = "segmentation.privacy.stores"


def stores() -> dict[str, Store]:
    """All places by key, in the order in which they are erased."""
    found = plugins.load_all(PACKAGE, Store)
    return dict(sorted(found.items(), key=lambda item: item[1].order))
