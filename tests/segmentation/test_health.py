"""Asset health: each planted trouble is flagged, a healthy set is not, and the picture says what feeds what."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyroaring import BitMap

from segmentation.audiences.services import create_audience
from segmentation.health.assets import Flag, assets
from segmentation.health.drift import psi
from segmentation.health.freshness import is_stale
from segmentation.health.lineage import lineage
from segmentation.health.twins import twins
from segmentation.segments.models import Segment
from segmentation.segments.services import create_segment
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.tags import services
from segmentation.tags.models import Category, Tag
from segtag_site.roles import assign_role, ensure_roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=120)
HALVES = (range(500), range(500, 1000))


def tag(key: str, *, parts=HALVES, before=None, age=timedelta(hours=2), **more) -> Tag:
    """A live tag of two values; `before` is how its customers were parted some weeks ago."""
    category = Category.objects.first() or services.create_category(key="c", name_zh="类", name_en="C")
    leaf = {"feature": "frequency", "op": "at_least"}
    values = [
        {"key": f"v{n}", "zh": f"值{n}", "en": f"V{n}", "rule": {"version": 1, "rule": leaf | {"value": n + 1}}}
        for n in range(2)
    ]
    made = services.create_tag(
        key=key, category=category, kind="rule", definition={"values": values}, name_zh=key, name_en=key, **more
    )
    made = services.publish_tag(tag=made, by=None)
    made.versions.update(reviewed_at=LONG_AGO)
    for told, at in ((before or parts, NOW - timedelta(days=30)), (parts, NOW - age)):
        sets = {NamedSet.objects.get(key=key, value=f"v{n}"): BitMap(part) for n, part in enumerate(told)}
        store.publish(sets, run=None, as_of=at)
    return made


def use(*keys: str) -> Segment:
    """A segment that names these tags, itself used by an audience."""
    rule = {"version": 1, "rule": {"any": [{"tag": key, "op": "is", "value": "v0"} for key in keys]}}
    made = create_segment(key="user", rule=rule, name_zh="用", name_en="User")
    store.publish({NamedSet.objects.get(key="user"): BitMap(range(40))}, run=None, as_of=NOW - timedelta(hours=1))
    create_audience(
        by=None, key="plan", name="Plan", channel="email", include={"version": 1, "rule": {"segment": "user"}}
    )
    return made


def flags() -> dict[str, set[str]]:
    return {asset.row.key: set(asset.flags) for asset in assets(NOW + timedelta(minutes=1)) if asset.flags}


def thirds(start: int) -> tuple[range, range]:
    """A way to part the customers that is like no other of a different start."""
    return range(start, start + 300), range(start + 300, start + 550)


def test_each_planted_trouble_is_flagged_and_no_other():
    tag("healthy", parts=thirds(0))
    tag("stale", parts=thirds(1000), age=timedelta(days=3))
    tag("unused", parts=thirds(2000))
    tag("drifting", parts=(range(3000, 3500), range(3500, 3550)), before=(range(3000, 3100), range(3100, 3550)))
    tag("one", parts=thirds(4000))
    tag("twin", parts=thirds(4002))
    tag("nobody", parts=((), ()))
    use("healthy", "stale", "drifting", "one", "twin", "nobody")

    assert flags() == {
        "stale": {Flag.STALE},
        "unused": {Flag.UNUSED},
        "drifting": {Flag.DRIFT},
        "one": {Flag.DUPLICATE},
        "twin": {Flag.DUPLICATE},
        "nobody": {Flag.EMPTY},
    }


def test_a_healthy_set_has_no_flag_and_its_figures_are_told():
    tag("healthy", parts=thirds(0))
    tag("young", parts=thirds(1000)).versions.update(reviewed_at=NOW)  # nobody uses it yet
    tag("weekly", parts=thirds(2000), age=timedelta(days=3), schedule="weekly")
    tag("by-hand", parts=thirds(3000), age=timedelta(days=20), schedule="manual")
    use("healthy", "weekly", "by-hand")

    assert flags() == {}
    found = {asset.row.key: asset for asset in assets(NOW + timedelta(minutes=1))}
    assert found["healthy"].size == 550
    assert found["healthy"].idle is None
    assert found["young"].idle is not None
    assert found["healthy"].psi == 0


def test_what_only_an_old_audience_uses_is_unused_by_now():
    tag("old", parts=thirds(0))
    segment = use("old")
    segment.delete()
    from segmentation.audiences.models import Audience

    rule = {"version": 1, "rule": {"tag": "old", "op": "is", "value": "v0"}}
    Audience.objects.update(include=rule, created_at=NOW - timedelta(days=91))
    assert flags() == {"old": {Flag.UNUSED}}

    Audience.objects.update(created_at=NOW - timedelta(days=89))
    assert flags() == {}


def test_another_definition_is_no_drift():
    made = tag("changed", parts=(range(500), range(500, 550)), before=(range(100), range(100, 550)))
    use("changed")
    assert flags() == {"changed": {Flag.DRIFT}}

    from segmentation.runs.models import Run

    run = Run.objects.create(kind="tags.compute", subject=made.key, as_of=NOW, definition_version=2)
    newest = NamedSet.objects.filter(key="changed").values("current")
    made_of = store.SetVersion.objects.filter(pk__in=newest)
    made_of.update(run=run)

    assert flags() == {}


def test_a_missed_turn_of_a_timetable_is_late_after_half_a_day():
    routine = Tag(schedule="cron", cron="0 6 * * *")
    six = NOW.astimezone().replace(hour=0, minute=0)

    assert is_stale(routine, six - timedelta(days=3), six, "Asia/Shanghai")
    assert not is_stale(routine, NOW - timedelta(minutes=5), NOW, "Asia/Shanghai")
    assert is_stale(Tag(schedule="daily"), NOW - timedelta(hours=37), NOW, "Asia/Shanghai")
    assert not is_stale(Tag(schedule="daily"), NOW - timedelta(hours=35), NOW, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("before", "after", "index"),
    [
        ({"a": 1, "b": 1}, {"a": 5, "b": 5}, 0.0),
        ({"a": 50, "b": 50}, {"a": 90, "b": 10}, 0.8789),
        ({"a": 0}, {"a": 3}, None),
        ({"a": 100}, {"a": 50, "b": 50}, 4.6052),  # 0.5·ln 0.5 lost, a new value from nearly nothing
    ],
)
def test_the_index_is_that_of_the_textbook(before, after, index):
    assert psi(before, after) == (index if index is None else pytest.approx(index, abs=0.01))


def test_values_are_matched_whatever_they_are_called():
    sets = {"a": [BitMap(range(100)), BitMap(range(100, 300))], "b": [BitMap(range(100, 299)), BitMap(range(100))]}
    sets["c"] = [BitMap(range(100)), BitMap(range(150, 350))]

    assert [pair[:2] for pair in twins(sets)] == [("a", "b")]


def test_the_picture_says_what_feeds_what():
    tag("rare", parts=thirds(0))
    use("rare")
    graph = lineage()

    assert graph.edges >= {
        (("feature", "frequency"), ("tag", "rare")),
        (("tag", "rare"), ("segment", "user")),
        (("segment", "user"), ("audience", "plan")),
    }
    tag("other", parts=thirds(1000))
    around = lineage().around(("segment", "user"))
    assert set(around.nodes) == {
        ("feature", "frequency"),
        ("tag", "rare"),
        ("segment", "user"),
        ("audience", "plan"),
    }


def test_the_pages_are_for_those_who_may_see_tags():
    tag("stale", parts=thirds(0), age=timedelta(days=3))
    use("stale")
    ensure_roles()
    user = User.objects.create_user("someone")
    client = Client()
    client.force_login(user)
    assert client.get(reverse("segmentation:health")).status_code == 403

    assign_role(user=user, key="viewer")
    page = client.get(reverse("segmentation:health"))
    one = client.get(reverse("segmentation:lineage"), {"of": "tag:stale"})

    assert page.context["assets"][0].row.key == "stale"
    assert client.get(reverse("segmentation:health"), {"flag": "drift"}).context["assets"] == []
    assert one.context["chosen"].key == "stale"
    assert client.get(reverse("segmentation:lineage"), {"of": "tag:none"}).status_code == 404
