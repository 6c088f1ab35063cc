"""The pages of tags, clusters, segments, audiences and runs, asked as a browser asks them."""

import json
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission, User
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import translation

from customers import consent
from customers.models import Customer
from segmentation.audiences.forms import LOTS
from segmentation.audiences.models import Audience
from segmentation.audiences.services import create_audience
from segmentation.audiences.waterfall import STEP_NAMES
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.segments.models import Segment
from segmentation.segments.services import create_segment, new_version
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.tags.install import install_tags
from segtag_site.roles import assign_role, ensure_roles
from tests.segmentation.corner_shop import AS_OF, computed

pytestmark = pytest.mark.django_db

FREQUENT = {"version": 1, "rule": {"all": [{"feature": "frequency", "op": "at_least", "value": 3}]}}
RARE = {"version": 1, "rule": {"all": [{"feature": "frequency", "op": "at_least", "value": 10}]}}
BROKEN = {"version": 1, "rule": {"all": [{"feature": "no_such_feature", "op": "at_least", "value": 3}]}}
LISTS = ("tag_list", "cluster_list", "segment_list", "audience_list", "run_list")
TAGS = ("spending-power", "rfm-group", "lifecycle-stage", "liked-categories", "behaviour-cluster")


@pytest.fixture(scope="module")
def shop(corner_shop) -> Iterator[None]:
    """The corner shop with tags, a segment and a plan, all of it computed."""
    ensure_roles()
    install_tags()
    for key in TAGS:
        assert computed("tags.compute", key).error == ""
    create_segment(key="frequent", name_zh="常客", name_en="Frequent customers", rule=FREQUENT)
    assert computed("segments.compute", "frequent").error == ""
    agreed = Customer.objects.values_list("pk", flat=True)[::2]
    consent.record([(pk, "email", True, AS_OF) for pk in agreed], source="test")
    create_audience(
        by=None, key="plan", name="A plan", channel="email", include={"version": 1, "rule": {"segment": "frequent"}}
    )
    return


def browser(role: str, language: str = "en") -> Client:
    """A browser in which a user with this role is signed in."""
    ensure_roles()
    user, _ = User.objects.get_or_create(username=role)
    assign_role(user=user, key=role)
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    return client


def page(name: str, *arguments: object) -> str:
    return reverse(f"segmentation:{name}", args=arguments)


def every_page() -> list[str]:
    run = Run.objects.filter(kind="segments.compute").latest("requested_at")
    return [
        *map(page, LISTS),
        *(page("tag_detail", key) for key in TAGS),
        page("cluster_detail", "behaviour-cluster"),
        page("segment_detail", "frequent"),
        page("audience_detail", "plan"),
        page("run_detail", run.pk),
        page("members", "segment", "frequent"),
    ]


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- What there is to see ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_list_opens_on_an_empty_site_and_says_what_comes_next(language):
    for name in LISTS:
        response = browser("operator", language).get(page(name))
        assert response.status_code == 200, name
        assert "empty-title" in response.content.decode(), name


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_shows_what_was_computed(shop, language):
    for address in every_page():
        response = browser("viewer", language).get(address)
        assert response.status_code == 200, address
        assert "empty-title" not in response.content.decode() or "line" in text_of(response) or language != "en", (
            address
        )


def test_a_tag_that_was_not_computed_offers_to_compute_it(shop):
    response = browser("operator").get(page("tag_detail", "order-value"))
    assert "Not computed yet" in text_of(response)
    assert page("tag_run", "order-value") in response.content.decode()


def test_the_pictures_of_a_clustering_show_every_group(shop):
    response = browser("viewer").get(page("cluster_detail", "behaviour-cluster"))
    groups = response.context["groups"]
    drawn = response.context["map_chart"]["series"]
    assert sum(group.size for group in groups) == response.context["result"]["customers"]
    assert [one["name"] for one in drawn] == [group.name for group in groups]
    assert sum(row["chosen"] for row in response.context["choice"]) == 1


def test_the_search_finds_tags_by_name_and_by_category(shop):
    found = text_of(browser("viewer").get(page("tag_list"), {"q": "spending power"}))
    assert "Recent spending" in found
    assert "RFM group" not in found


# --- Who may what --------------------------------------------------------------------------------------------------


def test_a_viewer_sees_everything_and_changes_nothing(shop):
    viewer = browser("viewer")
    refused = [
        viewer.get(page("segment_new")),
        viewer.get(page("segment_edit", "frequent")),
        viewer.get(page("audience_new")),
        viewer.post(page("segment_run", "frequent")),
        viewer.post(page("segment_delete", "frequent")),
        viewer.post(page("tag_run", "spending-power")),
        viewer.post(page("audience_freeze", "plan")),
        viewer.post(page("audience_export", "plan")),
        viewer.post(page("run_start"), {"kind": "lake.sync"}),
    ]
    assert [response.status_code for response in refused] == [403] * len(refused)


def test_nobody_sees_anything_before_signing_in(shop):
    for address in every_page():
        response = Client().get(address)
        assert (response.status_code, response.url.split("?")[0]) == (302, reverse("login")), address


@pytest.mark.parametrize("rights", [["view_segment"], ["view_customer"], ["view_customer", "view_tag"]])
def test_members_are_shown_to_who_may_see_both_the_customers_and_the_set(shop, rights):
    user = User.objects.create_user("half")
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(user)
    assert client.get(page("members", "segment", "frequent")).status_code == 403


# --- Segments ------------------------------------------------------------------------------------------------------


def form_of(**changes: object) -> dict[str, object]:
    typed = {"name": "Rare ones", "other_name": "", "description": "", "schedule": "daily", "rule": json.dumps(RARE)}
    return typed | changes


def test_a_template_fills_the_builder_with_its_defaults(shop):
    response = browser("marketer", "zh-hans").get(page("segment_new"), {"template": "win-back"})
    assert response.context["form"]["name"].value() == "沉睡唤回"
    assert response.context["document"]["rule"]["not"]["window"] == {"recent_days": 60}


def test_a_saved_segment_is_computed_at_once(shop):
    response = browser("marketer").post(page("segment_new") + "?template=", form_of())
    segment = Segment.objects.get(key="rare-ones")
    assert response.url == page("segment_detail", "rare-ones")
    assert (segment.name_en, segment.name_zh) == ("Rare ones", "Rare ones")
    assert Run.objects.get(active_key="segments.compute:rare-ones").requested_by.username == "marketer"


def test_a_name_without_letters_for_a_key_takes_that_of_the_template(shop):
    for _ in range(2):
        browser("marketer", "zh-hans").post(page("segment_new") + "?template=win-back", form_of(name="沉睡 2"))
    assert set(Segment.objects.filter(template="win-back").values_list("key", flat=True)) == {"win-back", "win-back-2"}


def test_a_rule_that_cannot_run_comes_back_as_typed_with_its_problem_at_its_place(shop):
    response = browser("marketer").post(page("segment_new") + "?template=", form_of(rule=json.dumps(BROKEN)))
    [problem] = response.context["problems"]["problems"]
    assert response.status_code == 422
    assert problem["attr"] == "rule.all[0].feature"
    assert response.context["document"] == BROKEN
    assert not Segment.objects.filter(key="rare-ones").exists()


@pytest.mark.parametrize("rule", ["", "{", '{"version": 1}', "[]", "[7]", "7", '{"rule": 7}'])
def test_what_is_no_rule_is_refused(shop, rule):
    assert browser("marketer").post(page("segment_new") + "?template=", form_of(rule=rule)).status_code == 422


def test_only_a_changed_rule_makes_a_version_and_a_run(shop):
    marketer, segment = browser("marketer"), Segment.objects.get(key="frequent")
    same = form_of(name="Regulars", rule=json.dumps(segment.live_version.rule))
    marketer.post(page("segment_edit", "frequent"), same)
    assert segment.versions.count() == 1
    assert not Run.objects.filter(active_key="segments.compute:frequent").exists()
    marketer.post(page("segment_edit", "frequent"), form_of(name="Regulars"))
    segment.refresh_from_db()
    assert (segment.name_en, segment.live_version.number) == ("Regulars", 2)
    assert Run.objects.filter(active_key="segments.compute:frequent").exists()


def test_the_comparison_counts_who_would_enter_leave_and_stay(shop):
    before = store.current("segment", "frequent")
    response = browser("marketer").post(page("segment_compare", "frequent"), form_of())
    change = response.context["change"]
    assert change.entered == 0
    assert change.left + change.stays == len(before)
    assert 0 < change.stays < len(before)
    assert [user.label for user in change.used_by] == ["A plan"]


def test_a_used_segment_stays_and_says_who_uses_it(shop):
    response = browser("marketer").post(page("segment_delete", "frequent"), follow=True)
    assert Segment.objects.filter(key="frequent").exists()
    assert "still used by: A plan" in text_of(response)


def test_the_portrait_counts_the_customers_of_each_value_here_and_everywhere(shop):
    members, everybody = store.current("segment", "frequent"), Customer.objects.count()
    response = browser("viewer").get(page("segment_detail", "frequent"), {"tag": "lifecycle-stage"})
    parts = response.context["portrait"].parts
    assert {part.named_set.key for part in parts} == {"lifecycle-stage"}
    for part in parts:
        having = store.current("tag_value", "lifecycle-stage", part.named_set.value)
        assert part.customers == len(having & members)
        assert (part.share, part.share_of_all) == (len(having & members) / len(members), len(having) / everybody)


def test_the_picture_of_overlaps_is_that_of_the_customers(shop):
    create_segment(key="rare", name_zh="少", name_en="Rare", rule=RARE)
    computed("segments.compute", "rare")
    frequent, rare = store.current("segment", "frequent"), store.current("segment", "rare")
    chart = browser("viewer").get(page("segment_list")).context["overlap"]
    drawn = {(chart["y"][y], chart["x"][x]): share for x, y, share in chart["cells"]}
    assert drawn == {
        ("Frequent customers", "Rare"): round(len(frequent & rare) / len(frequent), 4),
        ("Rare", "Frequent customers"): 1.0,
    }


def test_what_an_older_version_said_can_still_be_read(shop):
    new_version(segment=Segment.objects.get(key="frequent"), rule=RARE, by=None)
    shown = text_of(browser("viewer").get(page("segment_detail", "frequent")))
    assert "“Orders” is at least 10" in shown
    assert "“Orders” is at least 3" in shown


# --- Members -------------------------------------------------------------------------------------------------------


def test_the_members_page_lists_the_set_and_nobody_else(shop):
    first = browser("viewer").get(page("members", "segment", "frequent")).context
    shown = {member.id for n in first["page"].paginator.page_range for member in members(n)}
    assert shown == set(store.current("segment", "frequent"))


def members(number: int) -> list:
    return browser("viewer").get(page("members", "segment", "frequent"), {"page": number}).context["members"]


def test_who_entered_and_who_left_are_those_of_the_last_run(shop):
    before = store.current("segment", "frequent")
    new_version(segment=Segment.objects.get(key="frequent"), rule=RARE, by=None)
    computed("segments.compute", "frequent")
    after = store.current("segment", "frequent")
    viewer = browser("viewer")
    left = viewer.get(page("members", "segment", "frequent"), {"show": "left"}).context["page"].paginator
    old = viewer.get(page("members", "segment", "frequent"), {"version": 1}).context["page"].paginator
    assert set(left.object_list) == set(before - after)
    assert set(old.object_list) == set(before)


def test_a_value_of_a_tag_can_have_any_characters_in_its_key(shop):
    named_set = NamedSet.objects.create(kind="tag_value", key="odd", value="a/b c%", label_zh="奇", label_en="Odd")
    store.publish({named_set: store.BitMap([Customer.objects.first().pk])}, run=None, as_of=Run.objects.first().as_of)
    assert browser("viewer").get(page("members", "tag_value", "odd", "a/b c%")).status_code == 200


@pytest.mark.parametrize(
    "address", ["/members/segment/none/", "/members/nothing/frequent/", "/tags/none/", "/segments/none/"]
)
def test_what_is_not_there_is_not_found(shop, address):
    assert browser("viewer").get(address).status_code == 404


# --- Runs and audiences --------------------------------------------------------------------------------------------


def test_the_bar_asks_again_while_the_run_lasts_and_then_loads_the_page(shop):
    run = request_run(kind="segments.compute", subject="frequent")
    viewer = browser("viewer")
    lasting = viewer.get(page("run_progress", run.pk))
    Run.objects.filter(pk=run.pk).update(state=Run.State.SUCCEEDED)
    ended = viewer.get(page("run_progress", run.pk))
    assert ("hx-get" in lasting.content.decode(), "HX-Refresh" in lasting.headers) == (True, False)
    assert ("hx-get" in ended.content.decode(), "HX-Refresh" in ended.headers) == (False, True)


def test_a_run_is_cancelled_by_who_asked_for_it_and_by_nobody_else_without_the_right(shop):
    marketer, viewer, operator = browser("marketer"), browser("viewer"), browser("operator")
    run = request_run(kind="segments.compute", subject="frequent", by=User.objects.get(username="marketer"))
    assert viewer.post(page("run_cancel", run.pk)).status_code == 403
    assert marketer.post(page("run_cancel", run.pk)).status_code == 302
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert operator.post(page("run_replay", run.pk)).status_code == 302
    again = Run.objects.get(active_key="segments.compute:frequent")
    assert operator.post(page("run_cancel", again.pk)).status_code == 302


def test_a_failed_run_says_what_to_do_in_the_readers_language(shop):
    run = request_run(kind="segments.compute", subject="frequent")
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, error_code="lake_empty", error="The lake is empty.")
    with translation.override("en"):
        assert "Import customers and orders" in text_of(browser("viewer").get(page("run_detail", run.pk)))


def test_the_waterfall_of_a_draft_adds_up(shop):
    steps = browser("viewer").get(page("audience_preview"), {"key": "plan"}).context["steps"]
    removed = sum(step.customers for step in steps if not step.is_total)
    assert [step.key for step in steps] == list(STEP_NAMES)
    assert steps[0].customers - removed == steps[-1].customers


def test_the_waterfall_follows_the_form_before_anything_is_saved(shop):
    typed = {"channel": "email", "purpose": "marketing", "holdout_percent": 10, "include": json.dumps(FREQUENT)}
    marketer = browser("marketer")
    all_in = marketer.post(page("audience_preview"), typed | {"exclude": ""}).context["steps"]
    some_out = marketer.post(page("audience_preview"), typed | {"exclude": json.dumps(RARE)}).context["steps"]
    unfinished = marketer.post(page("audience_preview"), typed | {"include": ""})
    assert (all_in[1].customers, some_out[1].customers > 0) == (0, True)
    assert not {"steps", "error"} & set(unfinished.context.flatten())


def test_the_lots_of_a_new_audience_stay_the_same_while_one_types_and_when_it_is_saved(shop):
    marketer = browser("marketer")
    lots = marketer.get(page("audience_new")).context["form"].initial["lots"]
    typed = {
        "name": "唤回",
        "channel": "email",
        "purpose": "marketing",
        "holdout_percent": 50,
        "include": json.dumps(FREQUENT),
    }

    previews = [marketer.post(page("audience_preview"), typed | {"lots": lots}) for _ in range(3)]
    marketer.post(page("audience_new"), typed | {"lots": lots})

    saved = Audience.objects.get(name="唤回")
    counts = [[step.customers for step in preview.context["steps"]] for preview in previews]
    assert counts[0] == counts[1] == counts[2]
    assert str(saved.salt) == signing.loads(lots, salt=LOTS)
    assert saved.key.startswith("audience-20")
    forged = marketer.post(page("audience_preview"), typed | {"lots": "x"})
    assert forged.status_code == 200


def test_the_list_of_segments_asks_no_more_for_more_segments(shop, django_assert_max_num_queries):
    for number in range(10):
        create_segment(key=f"s{number}", name_zh="分", name_en="S", rule=FREQUENT)
    viewer = browser("viewer")
    with django_assert_max_num_queries(20):
        viewer.get(page("segment_list"))


def test_a_replay_takes_the_right_that_the_page_itself_takes(shop):
    operator = browser("operator")
    frozen = request_run(kind="audiences.freeze", subject="plan")
    Run.objects.filter(pk=frozen.pk).update(state=Run.State.SUCCEEDED, active_key=None)
    assert operator.post(page("run_replay", frozen.pk)).status_code == 403
    assert not Run.objects.filter(active_key="audiences.freeze:plan").exists()
