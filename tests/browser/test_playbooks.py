"""Every playbook on the demo's shop, from its template to a delivered list of its customers."""

import csv
import os

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from customers.models import Customer
from segmentation.activation import planning
from segmentation.activation.columns import RECOMMENDED
from segmentation.activation.delivery_models import Delivery
from segmentation.activation.services import ExportOptions
from segmentation.audiences.models import Audience
from segmentation.audiences.services import request_freeze
from segmentation.playbooks.ready import PLAYBOOKS
from segmentation.playbooks.services import use_playbook
from segmentation.recommendation.selectors import offers_of
from segmentation.runs.services import request_run
from segmentation.safe_csv import LIST_SEPARATOR, unescape
from segmentation.sets import store
from tests.campaign import run

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not os.environ.get("SEGTAG_LONG"), reason="SEGTAG_LONG=1 asks for it"),
]


def test_each_playbook_ends_in_a_list_of_just_its_customers(shop, settings, tmp_path):
    settings.EXPORT_DIR, root = tmp_path, User.objects.create_superuser("root")
    delivered = {}
    # Of so few households nothing is predicted.
    for book in (book for book in PLAYBOOKS if "tag:chance-to-buy" not in book.columns):
        for variant in book.variants:
            segment, audience = use_playbook(key=book.key, variant=variant.key, by=root)
            run(request_run(kind="segments.compute", subject=segment.key, by=root))
            run(request_freeze(audience=audience, by=root))
            rows = deliver(audience, book.columns, root)
            version = Audience.objects.get(pk=audience.pk).frozen_version
            reached = Customer.objects.filter(pk__in=store.at_version(version.reached))
            assert {row["external_id"] for row in rows} == set(reached.values_list("external_id", flat=True))
            assert not store.at_version(version.reached) - store.current("segment", segment.key)
            delivered[book.key] = [*delivered.get(book.key, []), *rows]
    assert len(delivered) == len(PLAYBOOKS) - 1
    assert all(delivered.values())
    for row in delivered["recommend"]:
        assert row["recommended"] == mixed(Customer.objects.get(external_id=row["external_id"]).pk)
        assert row["recommended"]


def deliver(audience: Audience, columns: tuple[str, ...], by: User) -> list[dict[str, str]]:
    """The rows of the file that left the house."""
    options = ExportOptions(columns=list(columns))
    plan = planning.create_plan(
        audience=audience, destination="file", told={}, options=options, by=by, name=audience.name
    )
    ended = run(planning.request_delivery(plan=plan, by=by))
    with (settings.EXPORT_DIR / Delivery.objects.get(run=ended).path).open(newline="") as file:
        return [{key: unescape(cell) for key, cell in row.items()} for row in csv.DictReader(file)]


def mixed(pk: int) -> str:
    """What the customer's own page offers: half of it bought again and again, then what is new."""
    offers = offers_of(pk, count=RECOMMENDED)
    chosen = [*offers.again[: RECOMMENDED // 2], *offers.fresh][:RECOMMENDED]
    return LIST_SEPARATOR.join(offer.product.name or offer.product.sku for offer in chosen)
