"""A shop with a tag, a segment and an audience, and clients of every role."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from pyroaring import BitMap
from rest_framework.test import APIClient

from customers import consent
from customers.models import Customer, ImportBatch, Product
from segmentation.activation import planning
from segmentation.activation.services import ExportOptions
from segmentation.audiences import services
from segmentation.audiences.models import Audience
from segmentation.segments.models import Segment, SegmentVersion
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.tags.models import Category, Tag, TagValue, TagVersion
from segtag_site.roles import assign_role, ensure_roles
from tests.campaign import ALL, NOW, from_city, run, shared_shop


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker, tmp_path_factory):
    with shared_shop(tmp_path_factory.mktemp("shop"), django_db_blocker) as customers:
        _tag([customer.pk for customer in customers])
        publish_segment([customer.pk for customer in customers if customer.traits["city"] == "上海"])
        audience = services.create_audience(by=None, key="spring", name="春季", channel="email", include=ALL)
        run(services.request_freeze(audience=audience, by=None))
        services.create_audience(by=None, key="draft", name="Draft", channel="sms", include=from_city("杭州"))
        _deliver(audience)
        Product.objects.get_or_create(sku="S-1")
        ImportBatch.objects.get_or_create(source="csv", file_name="first.csv")
        ensure_roles()
        yield customers


@pytest.fixture
def shop(_shop, db) -> list[Customer]:
    """Forty customers; tag `level` of twenty and ten; segment `shanghai`; audience `spring`, frozen, and `draft`."""
    cache.clear()
    return list(Customer.objects.order_by("pk"))


def client_of(role: str) -> APIClient:
    user, _ = User.objects.get_or_create(username=role)
    assign_role(user=user, key=role)
    client = APIClient()
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def client(shop) -> APIClient:
    return client_of("viewer")


@pytest.fixture
def marketer(shop) -> APIClient:
    return client_of("marketer")


def publish_segment(ids: list[int]) -> None:
    segment, made = Segment.objects.get_or_create(key="shanghai", defaults={"name_zh": "上海", "name_en": "Shanghai"})
    if made:
        segment.live_version = SegmentVersion.objects.create(segment=segment, number=1, rule=from_city("上海"))
        segment.save()
    named_set = store.named(NamedSet.Kind.SEGMENT, "shanghai", label_zh="上海", label_en="Shanghai")
    store.publish({named_set: BitMap(ids)}, run=None, as_of=NOW)


def _deliver(audience: Audience) -> None:
    """A plan that was sent once; one customer had withdrawn consent by then."""
    root = User.objects.create_superuser("who-delivers")
    audience.refresh_from_db()
    gone = Customer.objects.get(pk=store.at_version(audience.frozen_version.reached).min())
    consent.withdraw(customer=gone, channel="email", source="page")
    options = ExportOptions(columns=["external_id"])
    plan = planning.create_plan(
        audience=audience, destination="file", told={}, options=options, by=root, name="To the file"
    )
    run(planning.request_delivery(plan=plan, by=root))


def _tag(ids: list[int]) -> None:
    category = Category.objects.add_root(instance=Category(key="value", name_zh="价值", name_en="Value"))
    tag = Tag.objects.create(
        key="level", category=category, name_zh="等级", name_en="Level", kind="rule", status=Tag.Status.LIVE
    )
    values = [
        {"key": key, "zh": zh, "en": en, "rule": from_city(city)}
        for key, zh, en, city in (("gold", "金", "Gold", "上海"), ("silver", "银", "Silver", "杭州"))
    ]
    tag.live_version = TagVersion.objects.create(tag=tag, number=1, definition={"values": values})
    tag.save()
    sets = {}
    for order, (value, members) in enumerate({"gold": ids[:20], "silver": ids[20:30]}.items()):
        TagValue.objects.create(tag=tag, key=value, name_zh=value, name_en=value.title(), order=order)
        named_set = store.named(
            NamedSet.Kind.TAG_VALUE, "level", value, label_zh="等级", label_en="Level", value_label_en=value.title()
        )
        sets[named_set] = BitMap(members)
    store.publish(sets, run=None, as_of=NOW)
