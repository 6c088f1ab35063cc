"""Tags are computed from the facts, published, and shown with their reasons."""

import pytest
from django.utils import translation

from customers.models import Trait
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.tags import handlers, selectors, services
from segmentation.tags.install import install_tags
from segmentation.tags.models import Category, Tag, TagValue
from segmentation.tags.taxonomy.ready import CATEGORIES, TAGS
from tests.segmentation.corner_shop import CROWD, DAYS, computed, customer, named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
EVERYBODY = len(DAYS) + CROWD
# What the corner shop's customers never told.
UNKNOWN = {"gender", "income-level", "marital-status", "household-size", "home-ownership"}


def rule(key, zh, feature, op, value):
    document = {"version": 1, "rule": {"feature": feature, "op": op, "value": value}}
    return {"key": key, "zh": zh, "en": key.title(), "rule": document}


def tag(definition, key="some", kind="rule", **more):
    category = Category.objects.first() or services.create_category(key="c", name_zh="类", name_en="C")
    made = services.create_tag(
        key=key, category=category, kind=kind, definition=definition, name_zh="签", name_en="Tag", **more
    )
    return services.publish_tag(tag=made, by=None)


def members(key):
    sets = NamedSet.objects.filter(kind="tag_value", key=key)
    return {one.value: store.current("tag_value", key, one.value) for one in sets}


@pytest.fixture
def levels():
    often, ever = rule("often", "常买", "frequency", "at_least", 10), rule("ever", "买过", "frequency", "at_least", 1)
    return {"values": [often, ever], "otherwise": {"key": "never", "zh": "未买", "en": "Never"}}


def test_the_whole_ready_taxonomy_computes():
    report = install_tags()
    assert set(report.skipped) == UNKNOWN
    assert len(report.made) == sum(not ready.least_customers for ready in TAGS) - len(UNKNOWN) >= 20
    for one in report.made:
        run = computed("tags.compute", one.key)
        assert run.state == Run.State.SUCCEEDED, (one.key, run.error_code, run.error)
        assert run.result["everybody"] == EVERYBODY
        assert 0 <= run.result["covered"] <= EVERYBODY


def test_the_values_are_those_that_the_shop_s_customers_deserve():
    install_tags()
    deserved = {
        "age-band": {"ann": "25-34", "bob": "under-25", "cat": "65-up"},
        "lifecycle-stage": {"ann": "mature", "bob": "new", "eve": "lost", "fay": "prospect", "dan": "fading"},
        "activity-level": {"ann": "high", "bob": "low", "dan": "sleeping", "eve": "silent", "fay": "never"},
        "purchase-stage": {"cat": "first", "fay": "none", "bob": "repeat", "ann": "devoted"},
        "favourite-category": {"ann": "flowers", "gus": "bread"},
        "campaign-response": {"ann": "unmoved", "gus": "responsive", "bob": "untouched"},
        "weekend-shopper": {"hal": "weekend"},
        "coupon-use": {"gus": "hunter", "ann": "never"},
    }
    for key, values in deserved.items():
        computed("tags.compute", key)
        has = {name: value for value, ids in members(key).items() for name in named(ids) if name in values}
        assert has == values, key


def test_in_an_exclusive_tag_a_customer_has_the_first_value_that_fits(levels):
    tag(levels)
    computed("tags.compute", "some")
    found = members("some")
    assert named(found["often"]) == {"ann", "dan", "gus", "hal"}
    assert named(found["ever"]) == {"bob", "cat", "eve", "ivy"}
    assert named(found["never"]) == {"fay"}


def test_in_a_tag_of_several_values_a_customer_has_all_that_fit(levels):
    tag(levels, exclusive=False)
    computed("tags.compute", "some")
    found = members("some")
    assert found["often"] < found["ever"]
    assert computed("tags.compute", "some").result["covered"] == EVERYBODY


def test_a_value_that_the_definition_drops_is_retired_and_loses_its_customers(levels):
    made = tag(levels)
    computed("tags.compute", "some")
    services.new_version(tag=made, definition={"values": levels["values"][:1]}, by=None)
    services.publish_tag(tag=made, by=None)
    run = computed("tags.compute", "some")
    assert run.definition_version == 2
    assert {value: len(ids) for value, ids in members("some").items() if not ids} == {"ever": 0, "never": 0}
    made.refresh_from_db()
    assert [size.value.key for size in selectors.value_sizes(made)] == ["often"]
    assert selectors.value_history(made)["ever"][-1].left_count > 0


def test_a_name_that_a_person_gave_is_kept_and_others_follow_the_definition(levels):
    made = tag(levels)
    computed("tags.compute", "some")
    TagValue.objects.filter(key="often").update(name_zh="铁粉")
    levels["values"][1]["zh"] = "普通"
    services.new_version(tag=made, definition=levels, by=None)
    services.publish_tag(tag=made, by=None)
    computed("tags.compute", "some")
    assert dict(TagValue.objects.values_list("key", "name_zh")) == {"often": "铁粉", "ever": "普通", "never": "未买"}
    assert NamedSet.objects.get(value="often").value_label_zh == "铁粉"


def test_a_clustering_keeps_keys_and_names_from_run_to_run():
    features = {"features": ["recency_days", "frequency", "monetary"]}
    tag(features, kind="cluster")
    assert computed("tags.compute", "some").result["refreshed"] is False
    before, names = members("some"), dict(TagValue.objects.values_list("key", "name_zh"))
    again = computed("tags.compute", "some")
    assert again.result["refreshed"] is True
    assert (members("some"), dict(TagValue.objects.values_list("key", "name_zh"))) == (before, names)
    rebuilt = computed("tags.compute", "some", rebuild=True)
    assert rebuilt.result["refreshed"] is False
    assert members("some") == before


def test_a_tag_that_cannot_be_computed_keeps_the_values_it_has(levels):
    made = tag({"features": ["recency_days"]}, kind="cluster")
    computed("tags.compute", "some")
    before = members("some")
    services.new_version(tag=made, definition={"features": ["recency_days"], "k": 20}, by=None)
    services.publish_tag(tag=made, by=None)
    run = computed("tags.compute", "some")
    assert (run.state, run.error_code) == (Run.State.FAILED, "too_few_customers")
    assert members("some") == before


def test_only_a_live_tag_is_computed(levels):
    made = tag(levels)
    services.retire_tag(tag=made, by=None)
    run = computed("tags.compute", "some")
    assert (run.state, run.error_code) == (Run.State.FAILED, "not_live")


def test_the_tree_tells_how_many_customers_each_tag_covers(levels):
    made = tag(levels)
    inner = services.create_category(key="inner", name_zh="内", name_en="Inner", parent=made.category)
    tag({"values": levels["values"][:1]}, key="part", exclusive=True)
    computed("tags.compute", "part")
    outer, empty = selectors.taxonomy()
    assert (outer.category.key, outer.depth, empty.category, empty.depth) == ("c", 1, inner, 2)
    never, part = outer.tags
    assert (never.tag, never.covered, never.coverage) == (made, None, None)
    assert part.coverage == part.covered / EVERYBODY > 0


def test_a_customer_s_tags_come_with_their_reasons(levels):
    install_tags()
    for key in ("purchase-stage", "rfm-group", "favourite-category", "lifecycle-stage", "behaviour-cluster"):
        computed("tags.compute", key)
    with translation.override("zh-hans"):
        found = {one.tag.key: one for one in selectors.tags_of(customer("ann"))}
    assert list(found) == ["lifecycle-stage", "purchase-stage", "favourite-category", "rfm-group", "behaviour-cluster"]
    assert found["purchase-stage"].values[0].name_zh == "高度忠诚（≥ 50 单）"
    assert found["purchase-stage"].why == ["购买次数：67 单"]
    assert found["lifecycle-stage"].why[0].startswith("“距上次购买天数”小于45，并且")
    assert "累计消费：2,680 元" in found["rfm-group"].why[0]
    assert "TGI" in found["favourite-category"].why[0]
    assert "全体" in found["behaviour-cluster"].why[0]
    assert found["rfm-group"].run.state == Run.State.SUCCEEDED


def test_reasons_are_told_in_the_reader_s_language():
    install_tags()
    computed("tags.compute", "purchase-stage")
    with translation.override("en"):
        (one,) = selectors.tags_of(customer("cat"))
    assert one.why == ["Orders: 1 order"]


def test_installing_again_makes_nothing_and_undoes_no_edit():
    install_tags()
    edited = Tag.objects.get(key="order-value")
    services.update_tag(tag=edited, by=None, name_zh="每单金额", schedule="manual")
    gone = services.retire_tag(tag=Tag.objects.get(key="rfm-group"), by=None)
    again = install_tags()
    assert again.made == []
    edited.refresh_from_db()
    gone.refresh_from_db()
    assert (edited.name_zh, edited.schedule, gone.status) == ("每单金额", "manual", Tag.Status.RETIRED)


def test_what_is_left_out_is_shown_with_what_is_missing_and_comes_once_the_data_do():
    install_tags()
    Trait.objects.create(name="home_ownership", type="text", column="t_home_ownership")
    assert [one.key for one in install_tags().made] == ["home-ownership"]
    with translation.override("zh-hans"):
        gaps = {gap.ready.key: gap.reasons for gap in selectors.gaps()}
    assert gaps.keys() == UNKNOWN - {"home-ownership"}
    assert gaps["gender"] == ["不存在属性“gender”。"]


def test_the_categories_come_in_the_order_of_the_tree():
    install_tags()
    order = [category.key for category in CATEGORIES]
    there = list(Category.objects.order_by("path").values_list("key", flat=True))
    assert there == [key for key in order if key in there]
    assert max(Category.objects.values_list("depth", flat=True)) == 2


def test_all_values_of_a_tag_are_of_one_run(levels):
    tag(levels)
    computed("tags.compute", "some")
    run = computed("tags.compute", "some")
    sets = NamedSet.objects.filter(key="some").select_related("current__run")
    assert {(one.current.run, one.current.number) for one in sets} == {(run, 2)}


def test_a_version_approved_while_the_old_one_is_computed_is_computed_next(levels, monkeypatch):
    made = tag(levels)
    levels["values"].pop()

    def approved_meanwhile(question):
        if made.versions.count() == 1:
            services.new_version(tag=made, definition=levels, by=None)
            services.publish_tag(tag=made, by=None)
            assert request_run(kind="tags.compute", subject="some").state == Run.State.RUNNING
        return compute(question)

    compute = handlers.computed
    monkeypatch.setattr(handlers, "computed", approved_meanwhile)
    assert computed("tags.compute", "some").definition_version == 1
    assert Run.objects.get(state=Run.State.QUEUED).subject == "some"
    assert computed("tags.compute", "some").definition_version == 2
    assert not Run.objects.filter(state=Run.State.QUEUED).exists()
