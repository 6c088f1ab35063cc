"""What the tests of conclusions share."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from tests.segmentation.corner_shop import open_shop


@pytest.fixture(scope="module")
def corner_shop(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """The corner shop, filled once for all tests of a module; each still has its own changes undone."""
    with (
        override_settings(LAKE_DIR=tmp_path_factory.mktemp("lake")),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        open_shop()
        yield
        transaction.set_rollback(True)
