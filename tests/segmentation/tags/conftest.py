"""What the tests of tags share."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from segmentation.tags.wording import use_currency


@pytest.fixture(autouse=True)
def yuan() -> Iterator[None]:
    """The examples are of a shop that sells in yuan, whatever the demo's does."""
    use_currency("¥")
    yield
    use_currency(settings.CURRENCY)
