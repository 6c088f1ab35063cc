"""Changes to segments."""

import pytest

from customers.models import Trait
from segmentation.dependencies import StillUsed
from segmentation.rules.problems import RuleError
from segmentation.rules.references import CycleError
from segmentation.segments import services
from segmentation.segments.models import Segment
from segmentation.sets.models import NamedSet

pytestmark = pytest.mark.django_db
YOUNG = {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": 30}}


@pytest.fixture(autouse=True)
def _trait():
    Trait.objects.create(name="age", type="number", column="t_age")


def segment(key, rule=YOUNG):
    return services.create_segment(key=key, rule=rule, name_zh=f"{key}（中）", name_en=key)


def of(key):
    return {"version": 1, "rule": {"segment": key}}


def test_a_segment_is_live_at_once_with_its_rule_in_canonical_form():
    made = segment("young")
    assert made.live_version.number == 1
    assert made.live_version.rule["base"] == {"population": "all"}
    assert NamedSet.objects.get(kind="segment", key="young").current is None


def test_a_rule_that_cannot_run_is_refused_and_nothing_is_made():
    with pytest.raises(RuleError) as refused:
        segment("tall", {"version": 1, "rule": {"all": [{"trait": "height", "op": "is", "value": 1}]}})
    assert refused.value.where == "rule.all[0].trait"
    assert not Segment.objects.exists()


def test_another_rule_is_a_new_version_and_the_same_rule_again_is_none():
    made = segment("young")
    assert services.new_version(segment=made, rule=YOUNG, by=None).number == 1
    other = {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": 25}}
    assert services.new_version(segment=made, rule=other, by=None).number == 2
    made.refresh_from_db()
    assert made.live_version.rule["rule"]["value"] == 25


def test_a_circle_over_three_segments_is_refused_with_the_way_round():
    first = segment("first")
    segment("second", of("first"))
    segment("third", of("second"))
    with pytest.raises(CycleError, match=r"first.*third.*second.*first") as refused:
        services.new_version(segment=first, rule=of("third"), by=None)
    assert refused.value.where == "rule"
    first.refresh_from_db()
    assert first.live_version.number == 1


def test_a_segment_in_use_is_not_deleted_and_says_who_uses_it():
    first = segment("first")
    second = segment("second", {"version": 1, "rule": {"any": [{"not": {"segment": "first"}}, YOUNG["rule"]]}})
    with pytest.raises(StillUsed, match="second"):
        services.delete_segment(segment=first, by=None)
    services.delete_segment(segment=second, by=None)
    services.delete_segment(segment=first, by=None)
    assert not Segment.objects.exists()
    assert not NamedSet.objects.filter(binned=False).exists()


def test_another_name_is_also_the_name_of_its_set():
    services.update_segment(segment=segment("young"), by=None, name_zh="青年")
    assert NamedSet.objects.get(key="young").label_zh == "青年"
