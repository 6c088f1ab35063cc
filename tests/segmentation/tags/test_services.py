"""Changes to the taxonomy."""

import pytest
from django.core.exceptions import ValidationError

from customers.models import AccessLog, Trait
from segmentation.dependencies import StillUsed
from segmentation.errors import SegmentationError
from segmentation.rules.references import CycleError
from segmentation.segments.services import create_segment
from segmentation.sets.models import NamedSet
from segmentation.tags import services
from segmentation.tags.models import Category, Tag
from segmentation.tags.problems import DefinitionError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _trait():
    Trait.objects.create(name="age", type="number", column="t_age")


@pytest.fixture
def category():
    return services.create_category(key="basics", name_zh="基本信息", name_en="Basics")


def by_age(first=30, **rule):
    rule = rule or {"trait": "age", "op": "less_than", "value": first}
    return {"values": [{"key": "young", "zh": "青年", "en": "Young", "rule": {"version": 1, "rule": rule}}]}


def tag(category, key="age", definition=None, **more):
    return services.create_tag(
        key=key,
        category=category,
        kind="rule",
        definition=definition or by_age(),
        name_zh="年龄",
        name_en="Age",
        **more,
    )


def test_categories_nest_and_keep_their_order(category):
    inner = services.create_category(key="inner", name_zh="内", name_en="Inner", parent=category)
    services.create_category(key="last", name_zh="末", name_en="Last")
    services.create_category(key="deep", name_zh="深", name_en="Deep", parent=inner)
    found = Category.objects.order_by("path").values_list("key", "depth")
    assert list(found) == [("basics", 1), ("inner", 2), ("deep", 3), ("last", 1)]


def test_a_category_moves_with_all_that_is_in_it_but_never_into_itself(category):
    inner = services.create_category(key="inner", name_zh="内", name_en="Inner", parent=category)
    other = services.create_category(key="other", name_zh="他", name_en="Other")
    services.move_category(category=category, parent=other)
    found = Category.objects.order_by("path").values_list("key", "depth")
    assert list(found) == [("other", 1), ("basics", 2), ("inner", 3)]
    with pytest.raises(SegmentationError, match=r"itself|自身"):
        services.move_category(category=category, parent=inner)
    services.move_category(category=inner, parent=None)
    assert Category.objects.get(key="inner").depth == 1


def test_a_category_is_deleted_only_when_it_is_empty(category):
    tag(category)
    with pytest.raises(SegmentationError) as refused:
        services.delete_category(category=category)
    assert refused.value.code == "not_empty"


def test_a_new_tag_is_a_draft_whose_values_rules_can_name_at_once(category):
    made = tag(category)
    assert (made.status, made.live_version) == (Tag.Status.DRAFT, None)
    assert made.versions.get().definition["values"][0]["rule"]["base"] == {"population": "all"}
    assert NamedSet.objects.get(kind="tag_value", key="age", value="young").current is None
    create_segment(
        key="s", rule={"version": 1, "rule": {"tag": "age", "op": "is", "value": "young"}}, name_zh="段", name_en="S"
    )


def test_a_definition_that_cannot_be_computed_is_refused_with_every_problem(category):
    wrong = by_age(trait="height", op="is", value=1)
    wrong["values"][0]["key"] = "Not A Key"
    with pytest.raises(DefinitionError) as refused:
        tag(category, definition=wrong)
    assert {problem.path for problem in refused.value.problems} == {"values[0].key", "values[0].rule.rule.trait"}
    assert not Tag.objects.exists()


def test_an_unknown_kind_and_a_repeated_key_are_refused(category):
    with pytest.raises(SegmentationError, match="rule"):
        services.create_tag(key="x", category=category, kind="magic", definition={}, name_zh="甲", name_en="X")
    tag(category)
    with pytest.raises(ValidationError):
        tag(category)


def test_kinds_that_are_exclusive_by_nature_make_exclusive_tags(category):
    made = services.create_tag(
        key="rfm", category=category, kind="rfm", definition={}, exclusive=False, name_zh="甲", name_en="X"
    )
    assert made.exclusive
    assert made.values.count() == 8


def test_a_new_version_goes_live_only_when_published(category):
    made = services.publish_tag(tag=tag(category), by=None)
    services.new_version(tag=made, definition=by_age(40), by=None)
    made.refresh_from_db()
    assert made.live_version.number == 1
    assert services.publish_tag(tag=made, by=None).live_version.number == 2


def test_what_a_tag_speaks_of_is_checked_again_when_it_is_published(category):
    made = tag(category)
    Trait.objects.all().delete()
    with pytest.raises(DefinitionError):
        services.publish_tag(tag=made, by=None)


def test_a_tag_in_use_is_not_retired_and_says_who_uses_it(category):
    made = services.publish_tag(tag=tag(category), by=None)
    rule = {"version": 1, "rule": {"not": {"tag": "age", "op": "is", "value": "young"}}}
    create_segment(key="old", rule=rule, name_zh="年长", name_en="Old")
    with pytest.raises(StillUsed, match="segment old") as refused:
        services.retire_tag(tag=made, by=None)
    assert [(user.kind, user.key) for user in refused.value.users] == [("segment", "old")]


def test_tags_that_would_refer_to_each_other_are_refused_with_the_way_round(category):
    first = services.publish_tag(tag=tag(category, "first"), by=None)
    tag(category, "second", by_age(tag="first", op="is", value="young"))
    with pytest.raises(CycleError, match=r"first.*second.*first") as refused:
        services.new_version(tag=first, definition=by_age(tag="second", op="is", value="young"), by=None)
    assert refused.value.where == "values[0].rule.rule"


def test_a_circle_through_a_segment_is_found_too(category):
    first = services.publish_tag(tag=tag(category, "first"), by=None)
    rule = {"version": 1, "rule": {"tag": "first", "op": "is", "value": "young"}}
    create_segment(key="middle", rule=rule, name_zh="中", name_en="Middle")
    with pytest.raises(CycleError, match="middle"):
        services.new_version(tag=first, definition=by_age(segment="middle"), by=None)


def test_another_name_is_also_the_name_of_its_sets(category):
    made = tag(category)
    services.update_tag(tag=made, by=None, name_zh="年龄段")
    assert NamedSet.objects.get(key="age").label_zh == "年龄段"


def test_every_change_is_in_the_access_log(category):
    made = services.publish_tag(tag=tag(category), by=None)
    services.retire_tag(tag=made, by=None)
    actions = list(AccessLog.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["category.create", "tag.create", "tag.publish", "tag.retire"]
