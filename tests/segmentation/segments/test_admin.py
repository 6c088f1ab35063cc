"""Segments in the back office."""

import json

import pytest
from django.urls import reverse

from customers.models import Trait
from segmentation.runs.models import Run
from segmentation.segments.models import Segment
from segmentation.segments.services import create_segment

pytestmark = pytest.mark.django_db
YOUNG = {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": 30}}


@pytest.fixture(autouse=True)
def _trait():
    Trait.objects.create(name="age", type="number", column="t_age")


@pytest.fixture
def young():
    return create_segment(key="young", rule=YOUNG, name_zh="青年", name_en="Young")


def form(rule=YOUNG, **more):
    inlines = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}
    routine = {"schedule_day": 1, "cron": "", "retries": 2, "timeout_minutes": 0}
    described = {
        **routine,
        "key": "young",
        "name_zh": "青年",
        "name_en": "Young",
        "schedule": "daily",
    }
    return {**described, "rule": json.dumps(rule), **inlines, **more}


def test_a_segment_is_made_and_changed(admin_client):
    assert admin_client.post(reverse("admin:segmentation_segment_add"), form()).status_code == 302
    made = Segment.objects.get()
    change = reverse("admin:segmentation_segment_change", args=[made.pk])
    assert admin_client.get(change).status_code == 200
    admin_client.post(change, form(json.loads(json.dumps(YOUNG).replace("30", "25")), name_zh="年轻人"))
    made.refresh_from_db()
    assert (made.name_zh, made.live_version.number) == ("年轻人", 2)


def test_a_rule_that_cannot_run_is_shown_with_its_place(admin_client):
    answer = admin_client.post(reverse("admin:segmentation_segment_add"), form({"version": 1, "rule": {"any": []}}))
    (error,) = answer.context["adminform"].form.errors["rule"]
    assert error.startswith("rule.any: ")
    assert not Segment.objects.exists()


def test_a_circle_is_shown_as_an_error(admin_client, young):
    create_segment(key="other", rule={"version": 1, "rule": {"segment": "young"}}, name_zh="他", name_en="Other")
    change = reverse("admin:segmentation_segment_change", args=[young.pk])
    answer = admin_client.post(change, form({"version": 1, "rule": {"segment": "other"}}))
    assert "other" in answer.context["adminform"].form.errors["rule"][0]


def test_a_used_segment_shows_by_whom_and_cannot_be_deleted(admin_client, young):
    create_segment(key="other", rule={"version": 1, "rule": {"segment": "young"}}, name_zh="依赖者", name_en="Other")
    change = reverse("admin:segmentation_segment_change", args=[young.pk])
    assert "依赖者" in admin_client.get(change).content.decode()
    assert admin_client.get(reverse("admin:segmentation_segment_delete", args=[young.pk])).status_code == 403


def test_a_free_segment_is_deleted_with_its_history(admin_client, young):
    admin_client.post(reverse("admin:segmentation_segment_delete", args=[young.pk]), {"post": "yes"})
    assert not Segment.objects.exists()


def test_a_segment_is_computed_by_action(admin_client, young):
    data = {"action": "compute", "_selected_action": [young.pk]}
    admin_client.post(reverse("admin:segmentation_segment_changelist"), data)
    assert Run.objects.get().subject == "young"
