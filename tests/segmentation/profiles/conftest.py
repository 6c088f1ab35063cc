"""A shop of four customers, copied into a lake of its own."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings

from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord
from segmentation.lake.sync import sync
from tests.segmentation.lake.conftest import order, store

AS_OF = datetime(2026, 3, 17, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def shop(settings: LazySettings, tmp_path: Path, db: None) -> None:
    settings.LAKE_DIR = tmp_path / "lake"
    tea, pan = {"sku": "tea", "category": "drinks", "amount": 10}, {"sku": "pan", "category": "kitchen", "amount": 90}
    store(
        order("1", "ann", tea, tea, total=20, discount=5, at=AS_OF.replace(day=1)),
        order("2", "ann", pan, total=90, discount=0, at=AS_OF.replace(day=10)),
        order("3", "bob", tea, total=10, discount=0, at=AS_OF.replace(day=15)),
        order("4", "eve", total=40, discount=0, at=AS_OF.replace(day=16)),
        order("5", "eve", pan, total=90, discount=0, at=AS_OF.replace(day=18)),
    )
    ingest([CustomerRecord("zoe", AS_OF)])
    sync()
