"""Segments are computed from the facts, published, and shown."""

import pytest

from segmentation.runs.models import Run
from segmentation.segments import selectors
from segmentation.segments.install import install_segments
from segmentation.segments.models import Segment
from segmentation.segments.ready import TEMPLATES
from segmentation.segments.services import create_segment, new_version
from segmentation.sets import store
from segmentation.tags.install import install_tags
from segmentation.tags.models import Tag
from tests.segmentation.corner_shop import CROWD, DAYS, computed, named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
EVERYBODY = len(DAYS) + CROWD

# Who of the shop's known customers each ready segment means.
MEANT = {
    "new-customers": {"bob", "cat", "ivy"},
    "first-order-only": {"cat"},
    "loyal": {"ann"},
    "churn-risk": {"dan"},
    "win-back": {"eve", "fay"},
    "coupon-hunters": {"gus"},
    "promotion-unmoved": {"ann", "fay"},
    "weekend-shoppers": {"hal"},
    "due-soon": {"bob"},
    "price-sensitive": set(),
    "high-potential": {"ivy"},
}


def segment(rule, key="some"):
    return create_segment(key=key, rule={"version": 1, "rule": rule}, name_zh="段", name_en="Segment")


def test_every_template_runs_and_means_the_right_customers():
    install_tags()
    for tag in Tag.objects.filter(kind="statistic"):
        assert computed("tags.compute", tag.key).state == Run.State.SUCCEEDED
    report = install_segments(language="en")
    assert report.skipped == {}
    assert len(report.made) == len(TEMPLATES)
    for one in report.made:
        run = computed("segments.compute", one.key)
        assert run.state == Run.State.SUCCEEDED, (one.key, run.error)
    found = {key: named(store.current("segment", key)) for key in MEANT}
    assert found == MEANT


def test_the_run_says_what_it_was_computed_from():
    made = segment({"feature": "frequency", "op": "is", "value": 1})
    run = computed("segments.compute", "some")
    made.refresh_from_db()
    assert made.last_run == run
    assert (run.definition_version, run.result) == (1, {"size": 1})
    assert run.lake_snapshot is not None


def test_the_list_tells_sizes_and_what_the_last_run_changed():
    made = segment({"feature": "frequency", "op": "at_most", "value": 1})
    (before,) = selectors.segment_list()
    assert (before.size, before.as_of) == (None, None)
    computed("segments.compute", "some")
    new_version(segment=made, rule={"version": 1, "rule": {"feature": "frequency", "op": "is", "value": 1}}, by=None)
    computed("segments.compute", "some")
    (after,) = selectors.segment_list()
    assert (after.size, after.entered, after.left) == (1, 0, 1)
    assert [version.size for version in selectors.history(made)] == [2, 1]


def test_a_segment_of_a_segment_follows_it():
    segment({"feature": "frequency", "op": "is", "value": 1}, "inner")
    segment({"not": {"segment": "inner"}}, "outer")
    computed("segments.compute", "inner")
    assert computed("segments.compute", "outer").result["size"] == EVERYBODY - 1
    (user,) = selectors.used_by(Segment.objects.get(key="inner"))
    assert (user.kind, user.key) == ("segment", "outer")


def test_a_segment_of_one_that_was_never_computed_fails_and_publishes_nothing():
    segment({"feature": "frequency", "op": "is", "value": 1}, "inner")
    outer = segment({"segment": "inner"}, "outer")
    run = computed("segments.compute", "outer")
    assert (run.state, run.error_code) == (Run.State.FAILED, "set_not_computed")
    assert selectors.segment_row(outer).size is None


def test_a_segment_that_is_gone_fails_with_the_reason():
    run = computed("segments.compute", "nothing")
    assert (run.state, run.error_code) == (Run.State.FAILED, "not_live")


def test_a_segment_is_broken_down_by_a_tag():
    install_tags()
    computed("tags.compute", "purchase-stage")
    made = segment({"feature": "frequency", "op": "at_most", "value": 1})
    computed("segments.compute", "some")
    parts = selectors.breakdown_by(made, "purchase-stage", everybody=EVERYBODY)
    assert {part.named_set.value: part.customers for part in parts if part.customers} == {"none": 1, "first": 1}
