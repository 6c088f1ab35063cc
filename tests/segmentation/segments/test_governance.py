"""Segments under review, back to an earlier rule, and through the recycle bin."""

import pytest
from django.contrib.auth.models import User

from customers.models import Trait
from segmentation.errors import SegmentationError
from segmentation.flow import steps
from segmentation.review import State
from segmentation.segments import governance, services
from segmentation.segments.models import Segment
from segmentation.sets.catalog import rule_catalog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _trait():
    Trait.objects.create(name="age", type="number", column="t_age")


@pytest.fixture
def author():
    return User.objects.create(username="author")


@pytest.fixture
def reviewer():
    return User.objects.create(username="reviewer")


def younger(age):
    return {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": age}}


def segment(by, key="young"):
    return services.create_segment(key=key, rule=younger(30), name_zh="青年", name_en="Young", by=by)


def test_without_reviews_a_rule_is_live_at_once_and_the_one_before_retires(author):
    made = segment(author)
    services.new_version(segment=made, rule=younger(25), by=author)
    assert dict(made.versions.values_list("number", "state")) == {1: State.RETIRED, 2: State.LIVE}


def test_with_reviews_a_new_segment_is_computed_only_once_approved(settings, author, reviewer):
    settings.REVIEW_SEGMENTS = settings.FOUR_EYES = True
    made = segment(author)
    assert (made.status, made.live_version) == (Segment.Status.REVIEW, None)
    assert "segments.compute" not in {step.kind for step in steps()}
    with pytest.raises(SegmentationError) as refused:
        governance.approve_segment(segment=made, by=author)
    assert refused.value.code == "own_version"
    governance.approve_segment(segment=made, by=reviewer)
    assert "segments.compute" in {step.kind for step in steps()}


def test_with_reviews_a_live_segment_stays_as_it_is_until_the_change_is_approved(settings, author, reviewer):
    made = segment(author)
    settings.REVIEW_SEGMENTS = True
    services.new_version(segment=made, rule=younger(25), by=author)
    made.refresh_from_db()
    assert (made.status, made.live_version.number) == (Segment.Status.LIVE, 1)
    governance.send_back_segment(segment=made, answer="why?", by=reviewer)
    with pytest.raises(SegmentationError) as refused:
        governance.approve_segment(segment=made, by=reviewer)
    assert refused.value.code == "not_under_review"


def test_an_earlier_rule_comes_back_as_a_new_version(author):
    made = segment(author)
    services.new_version(segment=made, rule=younger(25), by=author)
    back = governance.roll_back_segment(segment=made, number=1, by=author)
    made.refresh_from_db()
    assert (back.number, made.live_version, back.rule["rule"]["value"]) == (3, back, 30)


def test_with_four_eyes_nobody_brings_back_a_rule_of_their_own(settings, author, reviewer):
    made = segment(author)
    services.new_version(segment=made, rule=younger(25), by=author)
    settings.FOUR_EYES = True
    with pytest.raises(SegmentationError) as refused:
        governance.roll_back_segment(segment=made, number=1, by=author)
    assert refused.value.code == "own_version"
    assert governance.roll_back_segment(segment=made, number=1, by=reviewer).number == 3


def test_a_retired_segment_is_not_computed(author):
    made = segment(author)
    governance.retire_segment(segment=made, by=author)
    assert "segments.compute" not in {step.kind for step in steps()}


def test_the_bin_keeps_a_segment_with_its_versions(author):
    made = segment(author)
    services.delete_segment(segment=made, by=author)
    assert not Segment.objects.exists()
    assert "young" not in rule_catalog().segments
    assert "segments.compute" not in {step.kind for step in steps()}
    governance.restore_segment(segment=made, by=author)
    assert Segment.objects.get().versions.count() == 1
    services.delete_segment(segment=made, by=author)
    governance.purge_segment(segment=made, by=author)
    assert not Segment.everything.exists()
