"""The pages of the review and the recycle bin: each role can do exactly its part."""

import pytest
from django.urls import reverse

from segmentation.runs.models import Run
from segmentation.segments.models import Segment
from segmentation.segments.services import create_segment
from segmentation.tags.models import Tag
from segmentation.tags.services import create_category, create_tag, publish_tag
from tests.segmentation.test_pages import browser, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]


def page(name, *arguments):
    return reverse(f"segmentation:{name}", args=arguments)


def definition(least):
    rule = {"version": 1, "rule": {"feature": "frequency", "op": "at_least", "value": least}}
    return {"values": [{"key": "often", "zh": "常买", "en": "Often", "rule": rule}]}


@pytest.fixture
def tag():
    category = create_category(key="c", name_zh="类", name_en="C")
    return create_tag(
        key="buys", category=category, kind="rule", definition=definition(3), name_zh="购买", name_en="Buys"
    )


def test_an_operator_submits_a_reviewer_sees_the_change_and_makes_it_live(tag):
    operator, reviewer = browser("operator"), browser("reviewer")
    assert "is a draft" in text_of(operator.get(page("tag_detail", "buys")))
    operator.post(page("tag_submit", "buys"), {"note": "Because of spring"})
    assert "Because of spring" in text_of(reviewer.get(page("review_list")))
    shown = text_of(reviewer.get(page("review_detail", "tag", "buys")))
    assert "Approve and make live" in shown
    impact = reviewer.get(page("review_impact", "tag", "buys")).context["impact"]
    assert impact.sets[0].entered > 0
    reviewer.post(page("review_approve", "tag", "buys"), {"answer": ""})
    tag.refresh_from_db()
    assert tag.status == Tag.Status.LIVE
    assert Run.objects.filter(kind="tags.compute", subject="buys").exists()
    assert "Nothing waits" in text_of(reviewer.get(page("review_list")))


def test_a_reviewer_sends_back_and_the_author_reads_why(tag):
    operator, reviewer = browser("operator"), browser("reviewer")
    operator.post(page("tag_submit", "buys"))
    reviewer.post(page("review_send_back", "tag", "buys"), {"answer": "Too many of them"})
    assert "Too many of them" in text_of(operator.get(page("tag_detail", "buys")))
    assert reviewer.get(page("review_detail", "tag", "buys")).status_code == 302


@pytest.mark.parametrize("role", ["viewer", "marketer", "operator"])
def test_who_is_no_reviewer_approves_nothing(tag, role):
    browser("operator").post(page("tag_submit", "buys"))
    client = browser(role)
    assert client.get(page("review_detail", "tag", "buys")).status_code == 200
    assert "Approve and make live" not in text_of(client.get(page("review_detail", "tag", "buys")))
    for name, more in (("review_approve", ()), ("review_send_back", ()), ("roll_back", (1,))):
        assert client.post(page(name, "tag", "buys", *more), {"answer": "x"}).status_code == 403


def test_with_four_eyes_the_page_says_that_another_person_has_to_approve(tag, settings):
    settings.FOUR_EYES = True
    administrator = browser("administrator")
    administrator.post(page("tag_submit", "buys"))
    assert "Another person has to approve it" in text_of(administrator.get(page("review_detail", "tag", "buys")))
    administrator.post(page("review_approve", "tag", "buys"))
    tag.refresh_from_db()
    assert tag.live_version is None


def test_a_segment_under_review_is_announced_where_it_is_shown(settings):
    settings.REVIEW_SEGMENTS = True
    create_segment(key="often", rule=definition(3)["values"][0]["rule"], name_zh="常客", name_en="Often")
    segment = Segment.objects.get()
    assert segment.live_version  # nobody's, so nobody reviews it
    marketer = browser("marketer")
    form = {
        "name": "Often",
        "description": "",
        "schedule": "daily",
        "rule": '{"version": 1, "rule": {"all": [{"feature": "frequency", "op": "at_least", "value": 5}]}}',
    }
    marketer.post(page("segment_edit", "often"), form)
    assert "waits for a review" in text_of(marketer.get(page("segment_detail", "often")))
    reviewer = browser("reviewer")
    assert "at least 5" in text_of(reviewer.get(page("review_detail", "segment", "often")))
    reviewer.post(page("review_approve", "segment", "often"))
    segment.refresh_from_db()
    assert segment.live_version.number == 2
    reviewer.post(page("roll_back", "segment", "often", 1))
    segment.refresh_from_db()
    assert segment.live_version.number == 3


def test_what_is_deleted_waits_in_the_bin(tag):
    operator = browser("operator")
    operator.post(page("tag_delete", "buys"))
    assert operator.get(page("tag_detail", "buys")).status_code == 404
    assert "Buys" in text_of(operator.get(page("bin_list")))
    operator.post(page("bin_restore", "tag", "buys"))
    assert operator.get(page("tag_detail", "buys")).status_code == 200
    operator.post(page("tag_delete", "buys"))
    operator.post(page("bin_purge", "tag", "buys"))
    assert not Tag.everything.exists()
    assert browser("viewer").get(page("bin_list")).status_code == 403


def test_an_unknown_kind_is_not_found(tag):
    publish_tag(tag=tag, by=None)
    assert browser("reviewer").get(page("review_detail", "audience", "buys")).status_code == 404
    assert browser("reviewer").post(page("roll_back", "tag", "buys", 9)).status_code == 404
