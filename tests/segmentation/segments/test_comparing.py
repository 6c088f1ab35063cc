"""The pages that compare sets."""

import json
import re
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from segmentation.segments import comparing, services
from segmentation.sets import store
from segmentation.tags.install import install_tags
from segtag_site.roles import assign_role, ensure_roles
from tests.segmentation.corner_shop import computed

pytestmark = pytest.mark.django_db
AGES = {"a": 30, "b": 50, "c": 60}


@pytest.fixture(scope="module")
def shop(corner_shop):
    ensure_roles()
    install_tags()
    computed("tags.compute", "spending-power")
    for key, age in AGES.items():
        rule = {"version": 1, "rule": {"trait": "age", "op": "at_least", "value": age}}
        services.create_segment(key=key, rule=rule, name_zh=f"{key} 群", name_en=key)
        computed("segments.compute", key)


@pytest.fixture
def page(client, shop):
    user = User.objects.create_user("vera")
    assign_role(user=user, key="viewer")
    client.force_login(user)
    return lambda name, *arguments, **asked: client.get(reverse(f"segmentation:{name}", args=arguments), asked)


def data_of(answer, name):
    return json.loads(re.search(rf'<script id="{name}"[^>]*>(.*?)</script>', answer.text)[1])


def test_the_picture_of_all_parts_adds_up_to_the_sets(page):
    answer = page("set_compare", of=[f"segment:{key}" for key in AGES])
    upset = data_of(answer, "upset")
    sizes = [len(store.current("segment", key)) for key in AGES]
    assert [one["size"] for one in upset["sets"]] == sizes
    for place, size in enumerate(sizes):
        assert sum(part["size"] for part in upset["parts"] if place in part["in"]) == size
    matrix = data_of(answer, "matrix")
    assert [0, 2, 1.0] not in matrix["cells"]  # the first row from above is the first set: a in a is not drawn
    assert {(x, y) for x, y, _share in matrix["cells"]} == {
        (x, y) for x, y in product(range(3), repeat=2) if x != 2 - y
    }
    assert [0, 0, 1.0] in matrix["cells"]  # all of c is in a


def test_two_are_told_apart_by_tags_and_by_numbers(page):
    answer = page("set_compare", of=["segment:a", "segment:c"])
    pair = answer.context["pair"]
    left, right = store.current("segment", "a"), store.current("segment", "c")
    assert (pair.only_left, pair.both, pair.only_right) == (len(left - right), len(left & right), len(right - left))
    points = [abs(one.points) for one in answer.context["differences"]]
    assert points == sorted(points, reverse=True)
    assert all(point >= 0.02 for point in points)


def test_a_tag_value_is_compared_as_well_and_unknown_names_are_nothing(page):
    assert page("set_compare", of=["segment:a", "tag_value:spending-power:high", "segment:nobody"]).context["pair"]
    assert page("set_compare", of="segment:nobody").context["chosen"] == []
    assert len(page("set_compare").context["chosen"]) == 3


def test_every_tag_value_has_its_lift_with_counts_and_an_interval(page):
    answer = page("segment_profile", "a", order="tags")
    members = store.current("segment", "a")
    for part in answer.context["page"].paginator.object_list:
        having = store.current("tag_value", part.named_set.key, part.named_set.value)
        assert part.customers == len(having & members)
        assert part.times == pytest.approx(part.customers / len(members) / (len(having) / answer.context["everybody"]))
        low, high = part.times_interval
        assert low <= part.times <= high
    chart = answer.context["pictures"][0]["chart"]
    assert len(chart["x"]) == len(chart["series"][0]["data"]) == len(chart["series"][1]["data"])
    assert page("segment_profile", "a", q="no such value").context["page"].paginator.count == 0


def test_a_segment_that_was_never_computed_says_so(page):
    rule = {"version": 1, "rule": {"trait": "age", "op": "at_least", "value": 99}}
    services.create_segment(key="new", rule=rule, name_zh="新", name_en="New")
    assert page("segment_profile", "new").status_code == 200
    assert comparing.chosen(comparing.comparable(), ["segment:new"]) == []
