"""What the rows of a file can be about: one contents each file."""

from django.utils.translation import gettext as _

from customers import plugins
from customers.errors import CustomersError
from customers.ingest.contents.base import Contents

# As a shop sends them first.
ORDER = ("customers", "orders", "products", "consents", "events")


def all_contents() -> dict[str, Contents]:
    """All contents by key."""
    found = plugins.load_all(__name__, Contents)
    return {key: found[key] for key in sorted(found, key=lambda key: (*ORDER, key).index(key))}


def contents_of(key: str) -> Contents:
    """The contents of this key. Raises a CustomersError that names those there are."""
    found = all_contents().get(key)
    if found is None:
        message = _("Nothing called “%(key)s” can be imported; there are %(keys)s.")
        raise CustomersError(message % {"key": key, "keys": ", ".join(all_contents())}, code="contents_unknown")
    return found
