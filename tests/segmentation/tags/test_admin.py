"""The taxonomy in the back office."""

import json

import pytest
from django.urls import reverse

from customers.models import Trait
from segmentation.runs.models import Run
from segmentation.segments.services import create_segment
from segmentation.tags import services
from segmentation.tags.models import Category, Tag

pytestmark = pytest.mark.django_db
YOUNG = {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": 30}}
DEFINITION = {"values": [{"key": "young", "zh": "青年", "en": "Young", "rule": YOUNG}]}
INLINES = {
    f"{prefix}-{name}": value
    for prefix, count in (("values", 0), ("versions", 0))
    for name, value in (("TOTAL_FORMS", count), ("INITIAL_FORMS", count))
}


@pytest.fixture(autouse=True)
def _trait():
    Trait.objects.create(name="age", type="number", column="t_age")


@pytest.fixture
def basics():
    top = services.create_category(key="people", name_zh="人口", name_en="People")
    return services.create_category(key="basics", name_zh="基本信息", name_en="Basics", parent=top)


@pytest.fixture
def age(basics):
    made = services.create_tag(
        key="age", category=basics, kind="rule", definition=DEFINITION, name_zh="年龄", name_en="Age"
    )
    return services.publish_tag(tag=made, by=None)


def tag_form(category, **more):
    routine = {"schedule_day": 1, "cron": "", "retries": 2, "timeout_minutes": 0, "when_empty": "clear"}
    described = {
        **routine,
        "name_zh": "年龄",
        "name_en": "Age",
        "schedule": "daily",
        "category": category.pk,
    }
    return {"key": "age", "kind": "rule", "definition": json.dumps(DEFINITION), **described, **INLINES, **more}


def act(client, action, *rows):
    model = rows[0]._meta.model_name
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(reverse(f"admin:segmentation_{model}_changelist"), data, follow=True)


def test_categories_are_listed_as_a_tree(admin_client, basics):
    page = admin_client.get(reverse("admin:segmentation_category_changelist")).content.decode()
    assert page.index("人口") < page.index("基本信息")
    assert "padding-left: 1.5rem" in page


def test_a_category_is_made_moved_and_deleted(admin_client, basics):
    add = reverse("admin:segmentation_category_add")
    admin_client.post(add, {"key": "new", "name_zh": "新", "name_en": "New", "parent": basics.pk})
    made = Category.objects.get(key="new")
    assert made.depth == 3
    change = reverse("admin:segmentation_category_change", args=[made.pk])
    admin_client.post(change, {"name_zh": "新的", "name_en": "New", "parent": ""})
    made.refresh_from_db()
    assert (made.depth, made.name_zh) == (1, "新的")
    admin_client.post(reverse("admin:segmentation_category_delete", args=[made.pk]), {"post": "yes"})
    assert not Category.objects.filter(key="new").exists()


def test_a_category_cannot_move_into_itself_nor_go_while_it_holds_something(admin_client, basics):
    top = Category.objects.get(key="people")
    change = reverse("admin:segmentation_category_change", args=[top.pk])
    answer = admin_client.post(change, {"name_zh": "人口", "name_en": "People", "parent": basics.pk})
    assert answer.context["errors"]
    assert admin_client.get(reverse("admin:segmentation_category_delete", args=[top.pk])).status_code == 403


def test_a_tag_is_made_with_its_definition(admin_client, basics):
    assert admin_client.post(reverse("admin:segmentation_tag_add"), tag_form(basics)).status_code == 302
    made = Tag.objects.get(key="age")
    assert made.versions.get().definition["values"][0]["key"] == "young"
    assert made.status == Tag.Status.DRAFT


def test_a_definition_that_cannot_run_is_shown_with_every_problem(admin_client, basics):
    wrong = json.dumps({"values": [{"key": "No", "zh": "甲", "en": "A", "rule": {"version": 1, "rule": {"all": []}}}]})
    answer = admin_client.post(reverse("admin:segmentation_tag_add"), tag_form(basics, definition=wrong))
    errors = answer.context["adminform"].form.errors["definition"]
    assert {error.split(":")[0] for error in errors} == {"values[0].key", "values[0].rule.rule.all"}
    assert not Tag.objects.exists()


def test_a_changed_definition_is_a_new_version_and_an_unchanged_one_is_none(admin_client, age):
    change = reverse("admin:segmentation_tag_change", args=[age.pk])
    assert admin_client.get(change).status_code == 200
    saved = json.dumps(age.versions.first().definition)
    admin_client.post(change, tag_form(age.category, definition=saved, name_zh="年龄段"))
    age.refresh_from_db()
    assert (age.name_zh, age.versions.count()) == ("年龄段", 1)
    other = saved.replace("30", "25")
    admin_client.post(change, tag_form(age.category, definition=other))
    assert age.versions.count() == 2


def test_a_tag_is_retired_unless_it_is_used_and_then_the_users_are_named(admin_client, age):
    rule = {"version": 1, "rule": {"tag": "age", "op": "is", "value": "young"}}
    create_segment(key="s", rule=rule, name_zh="青年客户", name_en="S")
    assert "青年客户" in act(admin_client, "retire", age).content.decode()
    age.refresh_from_db()
    assert age.status == Tag.Status.LIVE


def test_a_tag_is_published_and_computed_by_action(admin_client, age):
    services.new_version(tag=age, definition=DEFINITION, by=None)
    act(admin_client, "publish", age)
    age.refresh_from_db()
    assert age.live_version.number == 1  # nobody submitted the draft
    act(admin_client, "submit", age)
    act(admin_client, "publish", age)
    age.refresh_from_db()
    assert age.live_version.number == 2
    assert Run.objects.get().subject == "age"
    Run.objects.all().delete()
    act(admin_client, "compute", age)
    assert Run.objects.get().subject == "age"


@pytest.mark.parametrize("model", ["tag", "tagversion", "tagvalue", "category"])
def test_every_list_opens(admin_client, age, model):
    assert admin_client.get(reverse(f"admin:segmentation_{model}_changelist")).status_code == 200
