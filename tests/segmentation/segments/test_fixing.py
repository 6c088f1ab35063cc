"""Segments of fixed customers, snapshots and lists, and segments made of other segments."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pyroaring import BitMap

from customers.models import AccessLog, Customer
from segmentation.errors import SegmentationError
from segmentation.rules.references import CycleError
from segmentation.runs.models import Run
from segmentation.segments import fixing, governance, lists, origins, services
from segmentation.segments.fixed_models import FixedMembers
from segmentation.segments.impact import impact_of
from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segtag_site.roles import assign_role, ensure_roles
from tests.segmentation.corner_shop import AS_OF, computed, customer, named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]

NAMES = {"name_zh": "名单", "name_en": "List"}
LIST = b"user_id\nann\nbob\nnobody\nann\n=cmd(),x\n\ncat\n"


def rule(key, age):
    document = {"version": 1, "rule": {"trait": "age", "op": "at_least", "value": age}}
    made = services.create_segment(key=key, rule=document, name_zh=key, name_en=key)
    run(key)
    return made


def run(key):
    assert computed("segments.compute", key).state == Run.State.SUCCEEDED
    return named(store.current("segment", key))


def listed(data=LIST, key="list"):
    return fixing.create_listed(key=key, name="list.csv", data=data, by=None, **NAMES)


def test_the_books_of_a_list_close_and_every_refused_line_is_kept():
    taken = listed().fixed.get()
    assert (taken.rows, taken.matched, taken.unmatched, taken.duplicate, taken.invalid) == (6, 3, 1, 1, 1)
    assert taken.rows == taken.matched + taken.unmatched + taken.duplicate + taken.invalid
    assert list(lists.refused_of(taken)) == [
        (4, "nobody", "unmatched", "unknown_customer"),
        (5, "ann", "duplicate", "duplicate"),
        (6, "=cmd(),x", "invalid", "columns"),
    ]
    assert run("list") == {"ann", "bob", "cat"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_list_is_read_in_every_encoding_that_imports_take(encoding):
    sheet = lists.read("用户编号\nann\n张三\n".encode(encoding))
    assert named(sheet.members) == {"ann"}
    assert sheet.refused == [(3, "张三", "unmatched", "unknown_customer")]


@pytest.mark.parametrize(
    ("data", "code"), [(b"\xff\xfe\xfa", "encoding_unknown"), (b'ann\n"bob', "csv_broken"), (b"nobody", "list_empty")]
)
def test_what_is_no_list_is_refused_and_makes_nothing(data, code):
    with pytest.raises(SegmentationError) as refused:
        listed(data)
    assert refused.value.code == code
    assert not Segment.objects.exists()
    assert not FixedMembers.objects.exists()


def test_a_customer_who_was_merged_is_in_a_list_as_who_they_are_now():
    listed(b"cat\nbob")
    Customer.objects.filter(external_id="cat").update(merged_into=customer("fay"))
    assert run("list") == {"bob", "fay"}
    assert lists.read(b"cat\nfay").books["duplicate"] == 1


def test_another_list_is_a_new_version_that_replaces_or_adds_and_can_be_rolled_back():
    made = listed(b"ann\nbob")
    run("list")
    fixing.take_list(segment=made, name="more.csv", data=b"cat", add=True, by=None)
    assert run("list") == {"ann", "bob", "cat"}
    made.refresh_from_db()
    fixing.take_list(segment=made, name="other.csv", data=b"dan", add=False, by=None)
    assert run("list") == {"dan"}
    made.refresh_from_db()
    impact = impact_of(made, made.versions.get(number=2).rule, as_of=AS_OF)
    assert (impact.sets[0].entered, impact.sets[0].left) == (3, 1)
    governance.roll_back_segment(segment=made, number=2, by=None)
    assert run("list") == {"ann", "bob", "cat"}


def test_a_rule_segment_takes_no_list_and_no_segment_takes_another_ones():
    other, plain = listed(), rule("old", 60)
    with pytest.raises(SegmentationError) as refused:
        fixing.take_list(segment=plain, name="x", data=b"ann", add=False, by=None)
    assert refused.value.code == "not_listed"
    for document in (other.live_version.rule, {"fixed": "1 or 1=1", "origin": "list"}):
        with pytest.raises(SegmentationError) as refused:
            services.new_version(segment=plain, rule=document, by=None)
        assert refused.value.code == "no_such_list"


def test_a_snapshot_stays_as_its_set_moves_on_and_can_be_taken_again():
    source = rule("old", 60)
    of = NamedSet.objects.select_related("current").get(kind="segment", key="old")
    frozen = fixing.create_snapshot(key="frozen", of=of, by=None, **NAMES)
    assert run("frozen") == {"cat", "fay"}
    younger = {"version": 1, "rule": {"trait": "age", "op": "at_least", "value": 50}}
    services.new_version(segment=source, rule=younger, by=None)
    assert run("old") == {"cat", "eve", "fay"}
    assert run("frozen") == {"cat", "fay"}
    row = frozen.fixed.get()
    assert (row.of_kind, row.of_key, row.of_version, row.of_base_date) == ("segment", "old", 1, AS_OF)
    of.refresh_from_db()
    fixing.freeze_again(segment=frozen, of=NamedSet.objects.get(pk=of.pk), by=None)
    assert run("frozen") == {"cat", "eve", "fay"}


def test_a_set_that_was_never_computed_is_not_frozen():
    of = store.named("segment", "empty", label_zh="空", label_en="Empty")
    with pytest.raises(store.NotComputed):
        fixing.create_snapshot(key="frozen", of=of, by=None, **NAMES)
    assert not Segment.objects.exists()


def test_combined_segments_are_the_algebra_of_their_sets_and_refuse_circles():
    rule("a", 30), rule("b", 60), listed(b"ann\nbob")
    sets = {key: store.current("segment", key) for key in ("a", "b")} | {"list": BitMap(map(customer, ("ann", "bob")))}
    run("list")
    cases = {
        "any": (origins.combined("any", ["a", "list"]), sets["a"] | sets["list"]),
        "all": (origins.combined("all", ["a", "list"]), sets["a"] & sets["list"]),
        "minus": (origins.combined("any", ["a", "list"], ["b"]), (sets["a"] | sets["list"]) - sets["b"]),
        "both-minus": (origins.combined("all", ["a", "list"], ["b"]), (sets["a"] & sets["list"]) - sets["b"]),
    }
    for key, (document, expected) in cases.items():
        made = services.create_segment(key=key, rule=document, name_zh=key, name_en=key)
        assert made.origin == origins.SETS
        assert run(key) == named(expected)
    with pytest.raises(CycleError):
        services.new_version(segment=Segment.objects.get(key="a"), rule=origins.combined("all", ["any", "b"]), by=None)


def test_how_a_segment_is_made_is_told_from_its_rule():
    told = origins.origin_of
    assert told({"rule": {"any": [{"segment": "a"}, {"not": {"all": [{"segment": "b"}]}}]}}) == "sets"
    assert told({"rule": {"any": [{"segment": "a"}, {"tag": "t", "op": "is", "value": "v"}]}}) == "rule"
    assert told({"rule": {"segment": "a"}, "base": {"population": "identified"}}) == "rule"
    assert told({"fixed": 1, "origin": "snapshot"}) == "snapshot"


def test_pages_make_all_three_and_refused_lines_are_downloaded_harmless(client):
    ensure_roles()
    user = User.objects.create_user("maria")
    assign_role(user=user, key="marketer")
    client.force_login(user)
    rule("a", 30), rule("b", 60)
    form = {"name": "老客名单", "file": SimpleUploadedFile("l.csv", LIST)}
    assert client.post(reverse("segmentation:segment_from_list"), form).status_code == 302
    made = Segment.objects.get(key="lao-ke-ming-dan")
    answer = client.get(reverse("segmentation:list_refused", args=[made.key, made.fixed.get().pk]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows[1:]] == [["4", "nobody"], ["5", "ann"], ["6", "'=cmd(),x"]]
    assert AccessLog.objects.filter(action="export", object_key=made.key, actor=user).exists()
    chosen = {"operation": "any", "segments": ["a"], "without": ["b"]}
    counted = client.post(reverse("segmentation:sets_count"), chosen)
    assert f"<strong>{len(store.current('segment', 'a') - store.current('segment', 'b'))}</strong>" in counted.text
    sets_form = {"name": "A without B", "schedule": "daily", **chosen}
    assert client.post(reverse("segmentation:segment_from_sets"), sets_form).status_code == 302
    assert Segment.objects.get(key="a-without-b").origin == "sets"
    of = NamedSet.objects.get(kind="segment", key="a")
    assert (
        client.post(reverse("segmentation:segment_from_snapshot"), {"name": "春节快照", "of": of.pk}).status_code == 302
    )
    for key in (made.key, "chun-jie-kuai-zhao"):
        run(key)
        assert client.get(reverse("segmentation:segment_detail", args=[key])).status_code == 200
        assert client.get(reverse("segmentation:segment_edit", args=[key]), follow=True).status_code == 200
        told = client.get(reverse("segmentation:segment_why", args=[key]), {"customer": "ann"})
        assert "alert-success" in told.text
    more = {"file": SimpleUploadedFile("m.csv", b"dan"), "add": "add"}
    assert client.post(reverse("segmentation:segment_take_list", args=[made.key]), more).status_code == 302
    assert run(made.key) == {"ann", "bob", "cat", "dan"}


def test_a_viewer_can_make_none_of_them(client):
    ensure_roles()
    user = User.objects.create_user("vera")
    assign_role(user=user, key="viewer")
    client.force_login(user)
    listed()
    for name in ("segment_from_sets", "segment_from_snapshot", "segment_from_list"):
        assert client.get(reverse(f"segmentation:{name}")).status_code == 403
    for name, arguments in (("segment_fixed", ["list"]), ("list_refused", ["list", 1])):
        assert client.get(reverse(f"segmentation:{name}", args=arguments)).status_code == 403
