"""The tree of folders: moves, deletion, editors, search, and definitions in and out."""

import json
import random

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.models import Trait
from segmentation.errors import SegmentationError
from segmentation.tags import folders, governance, portable, services
from segmentation.tags.models import Category, Tag
from segmentation.tags.value_names import rename_value
from segtag_site.roles import assign_role, ensure_roles

pytestmark = pytest.mark.django_db
YOUNG = {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": 30}}


@pytest.fixture(autouse=True)
def _trait():
    Trait.objects.create(name="age", type="number", column="t_age")
    ensure_roles()


def folder(key, parent=None, **more):
    parent = Category.objects.get(key=parent) if parent else None
    return services.create_category(key=key, name_zh=f"{key}夹", name_en=key, parent=parent, **more)


def rule_tag(key, category, rule=YOUNG, by=None):
    definition = {"values": [{"key": "yes", "zh": "是", "en": "Yes", "rule": rule}]}
    category = Category.objects.get(key=category)
    return services.create_tag(
        key=key, kind="rule", definition=definition, category=category, name_zh=key, name_en=key, by=by
    )


def user(name, role="operator"):
    made = User.objects.create_user(name)
    assign_role(user=made, key=role)
    return made


def tree():
    return [(one.depth, one.key) for one in Category.objects.order_by("path")]


def deep():
    for key, parent in (("a", None), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e")):
        folder(key, parent)


def test_a_tree_of_six_levels_moves_as_a_whole_and_never_into_itself():
    deep()
    folder("z")
    services.move_category(category=Category.objects.get(key="c"), parent=Category.objects.get(key="z"))
    assert tree() == [(1, "a"), (2, "b"), (1, "z"), (2, "c"), (3, "d"), (4, "e"), (5, "f")]
    before = tree()
    for target in ("c", "f"):
        with pytest.raises(SegmentationError) as refused:
            services.move_category(category=Category.objects.get(key="c"), parent=Category.objects.get(key=target))
        assert refused.value.code == "into_itself"
    assert tree() == before


def test_a_folder_is_put_before_another_one_of_its_level_only():
    for key in "abc":
        folder(key)
    folder("in", "a")
    get = lambda key: Category.objects.get(key=key)  # noqa: E731
    services.move_category(category=get("c"), parent=None, before=get("a"))
    assert tree() == [(1, "c"), (1, "a"), (2, "in"), (1, "b")]
    with pytest.raises(SegmentationError) as refused:
        services.move_category(category=get("b"), parent=None, before=get("in"))
    assert refused.value.code == "moved"


def test_random_moves_leave_the_tree_that_a_plain_one_has():
    chance, keys = random.Random(4), [f"k{n}" for n in range(12)]
    parents: dict[str, str | None] = {}
    for key in keys:
        parents[key] = chance.choice([None, *parents])
        folder(key, parents[key])
    for _ in range(40):
        key, target = chance.choice(keys), chance.choice([None, *keys])
        above, inside = target, False
        while above:
            inside, above = inside or above == key, parents[above]
        try:
            services.move_category(
                category=Category.objects.get(key=key), parent=Category.objects.get(key=target) if target else None
            )
        except SegmentationError:
            assert inside
        else:
            assert not inside
            parents[key] = target
    assert {
        one.key: getattr(Category.objects.get_parent(one), "key", None) for one in Category.objects.all()
    } == parents


def test_what_is_in_a_folder_that_goes_moves_or_the_folder_stays():
    deep()
    folder("z")
    tag, binned = rule_tag("t", "b"), rule_tag("old", "b")
    governance.delete_tag(tag=binned, by=None)
    with pytest.raises(SegmentationError) as refused:
        services.delete_category(category=Category.objects.get(key="b"))
    assert refused.value.code == "not_empty"
    with pytest.raises(SegmentationError) as refused:
        services.delete_category(category=Category.objects.get(key="b"), move_to=Category.objects.get(key="e"))
    assert refused.value.code == "into_itself"
    services.delete_category(category=Category.objects.get(key="b"), move_to=Category.objects.get(key="z"))
    assert tree() == [(1, "a"), (1, "z"), (2, "c"), (3, "d"), (4, "e"), (5, "f")]
    assert {one.category.key for one in Tag.everything.filter(pk__in=[tag.pk, binned.pk])} == {"z"}


def test_only_its_editors_change_what_is_in_a_folder_and_in_those_that_follow_it():
    deep()
    mine, other = user("olga"), user("otto")
    editors = Group.objects.create(name="crm")
    mine.groups.add(editors)
    services.set_editors(category=Category.objects.get(key="b"), editors=[editors])
    tag = rule_tag("t", "d", by=mine)
    d, a = Category.objects.get(key="d"), Category.objects.get(key="a")
    attempts = [
        lambda: rule_tag("u", "d", by=other),
        lambda: services.update_tag(tag=tag, name_en="x", by=other),
        lambda: services.update_tag(tag=rule_tag("free", "a"), category=d, by=other),
        lambda: services.new_version(tag=tag, definition=tag.versions.get().definition, by=other),
        lambda: governance.submit_tag(tag=tag, by=other),
        lambda: governance.delete_tag(tag=tag, by=other),
        lambda: services.publish_tag(tag=tag, by=other),
        lambda: services.retire_tag(tag=tag, by=other),
        lambda: rename_value(value=tag.values.get(), name_zh="x", name_en="x", by=other),
        lambda: folder("new", "d", by=other),
        lambda: services.move_category(category=d, parent=a, by=other),
        lambda: services.move_category(category=folder("loose"), parent=d, by=other),
        lambda: services.delete_category(category=d, move_to=a, by=other),
        lambda: services.set_editors(category=d, editors=[], by=other),
    ]
    for attempt in attempts:
        with pytest.raises(folders.FolderLocked):
            attempt()
        tag.refresh_from_db()
    governance.submit_tag(tag=tag, by=mine)
    for answer in (governance.approve_tag, governance.send_back_tag):
        with pytest.raises(folders.FolderLocked):
            answer(tag=tag, answer="no", by=other)
    governance.approve_tag(tag=tag, by=mine)
    assert folders.may_edit(a, other)
    assert not folders.may_edit(d, other)
    services.set_editors(category=d, editors=Group.objects.filter(name="operator"), by=mine)
    assert folders.may_edit(Category.objects.get(key="e"), other)


def test_the_back_office_and_the_pages_hold_to_the_editors(client):
    folder("a")
    folder("free")
    services.set_editors(category=Category.objects.get(key="a"), editors=[Group.objects.create(name="crm")])
    tag = rule_tag("t", "a")
    client.force_login(user("otto"))
    change = reverse("admin:segmentation_tag_change", args=[tag.pk])
    assert client.post(change, {"name_en": "x"}).status_code == 403
    add = {"key": "new", "kind": "rule", "category": tag.category_id, "name_zh": "x", "name_en": "x"}
    answer = client.post(reverse("admin:segmentation_tag_add"), add)
    assert "category" in answer.context["adminform"].form.errors
    client.post(reverse("segmentation:taxonomy_move"), {"item": "tag:t", "parent": "free"})
    client.post(reverse("segmentation:taxonomy_move"), {"item": "category:free", "parent": "a"})
    client.post(reverse("segmentation:folder_delete", args=["a"]), {"move_to": "free"})
    tag.refresh_from_db()
    assert tag.category.key == "a"
    assert tree() == [(1, "a"), (1, "free")]


def test_the_pages_make_name_colour_move_and_delete_folders(client):
    client.force_login(user("olga"))
    form = {"name_zh": "客户价值", "coloured": "on", "colour": "#206bc4"}
    assert client.post(reverse("segmentation:folder_new"), form).status_code == 302
    made = Category.objects.get(key="ke-hu-jia-zhi")
    assert (made.colour, made.name_en) == ("#206bc4", "客户价值")
    folder("a")
    rule_tag("t", "a")
    client.post(reverse("segmentation:taxonomy_move"), {"item": "category:a", "parent": made.key})
    client.post(reverse("segmentation:taxonomy_move"), {"item": "tag:t", "parent": made.key})
    assert tree() == [(1, made.key), (2, "a")]
    assert Tag.objects.get().category == made
    assert client.post(reverse("segmentation:folder", args=["a"]), {"name_zh": "新"}).status_code == 302
    assert client.post(reverse("segmentation:folder", args=["a"]), {"name_zh": ""}).status_code == 422
    client.post(reverse("segmentation:folder_delete", args=["a"]))
    assert tree() == [(1, made.key)]
    for query in ("价值", "jiazhi", "khjz"):
        assert client.get(reverse("segmentation:taxonomy"), {"q": query}).context["branches"]
        assert [one for one in client.get(reverse("segmentation:tag_list"), {"q": query}).context["nodes"] if one.tags]
    assert client.get(reverse("segmentation:taxonomy"), {"q": "nothing"}).context["branches"] == []


def test_a_viewer_sees_the_tree_and_changes_nothing(client):
    folder("a")
    client.force_login(user("vera", "viewer"))
    assert client.get(reverse("segmentation:taxonomy")).status_code == 200
    assert client.get(reverse("segmentation:taxonomy_export")).status_code == 200
    move = {"item": "category:a", "parent": ""}
    assert client.post(reverse("segmentation:taxonomy_move"), move).status_code == 403
    assert client.post(reverse("segmentation:folder_delete", args=["a"])).status_code == 403
    for name in ("folder_new", "taxonomy_import"):
        assert client.get(reverse(f"segmentation:{name}")).status_code == 403


def example():
    deep()
    services.set_editors(category=Category.objects.get(key="b"), editors=Group.objects.filter(name="operator"))
    rule_tag("later", "a")
    rule_tag("built", "f", {"version": 1, "rule": {"tag": "later", "op": "is", "value": "yes"}})
    # Out of the order in which they refer to each other.
    services.update_tag(tag=Tag.objects.get(key="later"), category=Category.objects.get(key="f"), by=None)
    return json.loads(json.dumps(portable.exported()))


def test_definitions_go_out_and_come_in_the_same():
    document = example()
    assert [one["key"] for one in document["tags"]] == ["built", "later"]
    assert {one.action for one in portable.take_in(document, dry_run=False, by=None)} == {"same"}
    Tag.everything.all().delete()
    for one in Category.objects.order_by("-depth"):
        services.delete_category(category=one)
    assert {one.action for one in portable.take_in(document, dry_run=True, by=None)} == {"new"}
    assert not Category.objects.exists()
    assert {one.action for one in portable.take_in(document, dry_run=False, by=None)} == {"new"}
    assert portable.exported() == document
    assert set(Tag.objects.values_list("status", flat=True)) == {"draft"}


def test_the_dry_run_tells_what_the_import_then_does_and_one_fault_stops_no_other():
    document = example()
    document["categories"][1]["name_en"] = "Better"
    document["categories"][3]["parent"] = "a"
    document["tags"][0]["description_zh"] = "说明"
    document["tags"][1]["definition"]["values"][0]["rule"]["rule"]["value"] = 25
    document["tags"].append({"key": "broken", "category": "nowhere", "kind": "rule"})
    document["tags"].append({**document["tags"][1], "kind": "manual"})
    before = portable.exported()
    planned = portable.take_in(document, dry_run=True, by=None)
    assert portable.exported() == before
    assert portable.take_in(document, dry_run=False, by=None) == planned
    told = {(one.key, one.action): one.fields for one in planned if one.action != "same"}
    assert told[("b", "changed")] == ("name_en",)
    assert told[("d", "changed")] == ("parent",)
    assert told[("built", "changed")] == ("description_zh",)
    assert ("broken", "refused") in told
    assert Tag.objects.get(key="built").description_zh == "说明"


def test_a_page_takes_a_file_in_after_it_told_what_it_changes(client):
    document = example()
    document["categories"][0]["name_en"] = "Renamed"
    client.force_login(user("olga"))
    page = reverse("segmentation:taxonomy_import")
    text = json.dumps(document)
    told = client.post(page, {"file": SimpleUploadedFile("t.json", text.encode())})
    assert told.context["counts"]["changed"] == 1
    assert Category.objects.get(key="a").name_en == "a"
    client.post(page, {"text": told.context["text"], "take": "1"})
    assert Category.objects.get(key="a").name_en == "Renamed"
    for wrong in (b"no json", b"[]", b'{"format": "segtag-taxonomy", "version": 2}'):
        assert client.post(page, {"file": SimpleUploadedFile("t.json", wrong)}).context["form"].errors
