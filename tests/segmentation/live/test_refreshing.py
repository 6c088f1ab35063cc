"""An event changes the tags and segments of its customer at once, as the nightly run would."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from customers import merging, touched
from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord, EventRecord
from customers.models import Customer, Event, FreshMinute, Touched
from segmentation.lake.sync import sync
from segmentation.live import definitions, refreshing
from segmentation.runs.executor import execute
from segmentation.runs.services import request_run
from segmentation.segments.services import create_segment
from segmentation.sets import store
from segmentation.sets.models import LiveMember
from segmentation.tags.models import Category
from segmentation.tags.services import create_tag
from segmentation.tags.told import told_tags
from tests.segmentation.corner_shop import customer

pytestmark = pytest.mark.django_db

ORDERED = {"event": "Order Completed", "measure": {"count": True}, "op": "at_least", "value": 1,
           "window": {"rolling_hours": 1}}  # fmt: skip
RULES = {
    "buyers": ORDERED,
    "quiet": {"not": ORDERED},
    "of-buyers": {"segment": "buyers"},
    "flowers": {"items_of": "Order Completed", "where": {"property": "category", "op": "is", "value": "flowers"},
                "measure": {"count": True}, "op": "at_least", "value": 1, "window": {"rolling_hours": 1}},
    "fresh-town": {"trait": "town", "op": "is", "value": "Suzhou"},
}  # fmt: skip


@pytest.fixture(scope="module")
def _live(corner_shop):
    ingest([CustomerRecord("ann", timezone.now(), {"town": "Wuxi"})])
    sync()
    for key, rule in RULES.items():
        create_segment(key=key, name_zh=key, name_en=key, rule={"version": 1, "rule": rule})
        assert execute(request_run(kind="segments.compute", subject=key).pk).error == ""
    definitions.forget()


@pytest.fixture
def shop(_live):
    definitions.forget()
    Touched.objects.all().delete()


def tell(*records) -> None:
    """As the tracking API does."""
    touched.mark(ingest(records).touched, timezone.now())


def ordered(who: str, number: int = 1, sku: str = "flowers-1") -> EventRecord:
    properties = {"total": 5, "products": [{"sku": sku, "quantity": 1, "price": 5}]}
    return EventRecord(f"live-{number}", who, "Order Completed", timezone.now(), properties)


def segments_of(who: str) -> set[str]:
    inside = {key for _kind, key, _value in store.holding("segment", customer(who))}
    return inside & set(RULES)


def test_an_order_moves_its_customer_at_once_also_through_segments_of_segments(shop):
    assert segments_of("fay") == {"quiet"}
    tell(ordered("fay"))
    assert refreshing.refresh() == 1
    assert segments_of("fay") == {"buyers", "of-buyers", "flowers"}
    assert refreshing.refresh() == 0


def test_the_run_that_follows_says_the_same(shop):
    tell(ordered("fay"), ordered("bob", 2, "bread-1"))
    refreshing.refresh()
    live = {who: segments_of(who) for who in ("fay", "bob", "cat")}
    sync()
    for key in RULES:
        execute(request_run(kind="segments.compute", subject=key).pk)
    assert {who: segments_of(who) for who in live} == live
    assert store.live_of([customer("fay"), customer("bob")]) == {}
    refreshing.forget_old()
    assert not LiveMember.objects.exists()


def test_who_is_new_is_in_what_holds_without_any_event(shop):
    tell(CustomerRecord("newcomer", timezone.now(), {}))
    refreshing.refresh()
    assert segments_of("newcomer") == {"quiet"}


def test_a_trait_counts_at_once(shop):
    tell(CustomerRecord("ann", timezone.now(), {"town": "Suzhou"}))
    refreshing.refresh()
    assert "fresh-town" in segments_of("ann")


def test_what_an_event_cannot_change_is_not_looked_at(shop, monkeypatch):
    judged = []
    real = refreshing.is_member
    monkeypatch.setattr(refreshing, "is_member", lambda rule, *a, **k: judged.append(rule) or real(rule, *a, **k))
    tell(EventRecord("other", "bob", "Page Viewed", timezone.now(), {}))
    refreshing.refresh()
    assert len(judged) == 1  # the segment of a segment alone


def test_who_becomes_part_of_another_is_in_nothing_and_their_orders_count_for_the_other(shop):
    by = User.objects.create_user("operator")
    tell(ordered("fay"))
    refreshing.refresh()
    fay, cat = (Customer.objects.get(external_id=name) for name in ("fay", "cat"))
    merging.merge(customer=fay, into=cat, by=by)
    refreshing.refresh()
    assert segments_of("fay") == set()
    assert {"buyers", "flowers"} <= segments_of("cat")
    merging.separate(customer=Customer.objects.get(pk=fay.pk), by=by)
    refreshing.refresh()
    assert segments_of("fay") == {"buyers", "of-buyers", "flowers"}
    assert segments_of("cat") == {"quiet"}


def test_what_is_told_while_a_customer_is_judged_is_not_forgotten(shop, monkeypatch):
    tell(ordered("fay"))
    real = touched.done

    def told_meanwhile(touches, at) -> None:
        tell(ordered("fay", 2))
        real(touches, at)

    monkeypatch.setattr(touched, "done", told_meanwhile)
    refreshing.refresh()
    monkeypatch.undo()
    assert refreshing.refresh() == 1
    assert refreshing.refresh() == 0


def test_what_another_worker_found_later_stays(shop):
    tell(ordered("fay"))
    refreshing.refresh()
    LiveMember.objects.update(as_of=timezone.now() + timedelta(minutes=1), inside=False)
    Event.objects.filter(message_id="live-1").update(name="Nothing")
    tell(ordered("fay", 3))
    refreshing.refresh()
    assert not LiveMember.objects.filter(inside=True).exists()


def test_a_tag_of_rules_moves_too_and_only_one_value_of_an_exclusive_one(shop):
    category = Category.objects.add_root(instance=Category(key="live", name_zh="live", name_en="live"))
    values = [
        {"key": key, "zh": key, "en": key, "rule": {"version": 1, "rule": rule}}
        for key, rule in (("buyer", ORDERED), ("also", ORDERED))
    ]
    otherwise = {"key": "rest", "zh": "rest", "en": "rest"}
    tag = create_tag(
        key="buying", category=category, kind="rule", name_zh="x", name_en="x", exclusive=True,
        definition={"values": values, "otherwise": otherwise}, by=None,
    )  # fmt: skip
    tag.status, tag.live_version = "live", tag.versions.first()
    tag.save()
    assert execute(request_run(kind="tags.compute", subject="buying").pk).error == ""
    definitions.forget()

    def value_of(who: str) -> list[str]:
        return [value.key for one in told_tags(customer(who)) if one.key == "buying" for value in one.values]

    assert value_of("fay") == ["rest"]
    tell(ordered("fay"))
    refreshing.refresh()
    assert value_of("fay") == ["buyer"]


def test_the_delay_is_noted(shop):
    tell(ordered("fay"))
    Touched.objects.update(since=timezone.now() - timedelta(seconds=3))
    assert touched.delay(timezone.now() - timedelta(hours=1)).waiting == 1
    refreshing.refresh()
    told = touched.delay(timezone.now() - timedelta(hours=1))
    assert (told.customers, told.waiting, told.since) == (1, 0, None)
    assert 3 <= told.mean <= told.worst < 30
    assert FreshMinute.objects.count() == 1
