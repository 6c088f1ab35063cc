"""What people and lists say of customers outlives every computation, until its end."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pyroaring import BitMap

from customers.models import Customer
from segmentation.errors import SegmentationError
from segmentation.runs.executor import execute
from segmentation.runs.services import request_run
from segmentation.sets import store
from segmentation.tags import giving, services
from segmentation.tags.given import given_at
from segmentation.tags.given_models import ValueList
from segmentation.tags.models import Category, Tag
from tests.segmentation.corner_shop import AS_OF, customer, named
from tests.segmentation.tags.test_computing import rule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
VALUES = [{"key": "vip", "zh": "贵宾", "en": "VIP"}, {"key": "plain", "zh": "普通", "en": "Plain"}]


def tag(kind="rule", definition=None, **more):
    category = Category.objects.first() or services.create_category(key="c", name_zh="类", name_en="C")
    often = rule("often", "常买", "frequency", "at_least", 10)
    rest = {"key": "seldom", "zh": "少买", "en": "Seldom"}
    made = services.create_tag(
        key="some",
        category=category,
        kind=kind,
        definition=definition or {"values": [often], "otherwise": rest},
        name_zh="签",
        name_en="Tag",
        **more,
    )
    return services.publish_tag(tag=made, by=None)


def run(as_of=None):
    ended = execute(request_run(kind="tags.compute", subject="some", as_of=as_of or timezone.now()).pk)
    assert ended.error == ""
    return ended


def members(value):
    return named(store.current("tag_value", "some", value))


def give(made, who, value, **more):
    return giving.give_value(
        tag=made, customer=Customer.objects.get(external_id=who), value=value, reason="asked", by=None, **more
    )


def test_a_person_s_word_replaces_what_is_computed_and_survives_the_next_runs():
    made = tag()
    run()
    assert "cat" in members("seldom")
    give(made, "cat", "often")
    for _ in range(2):
        assert run().result["by_hand"] == 1
        assert "cat" in members("often")
        assert "cat" not in members("seldom")


def test_it_ends_when_it_was_to_end_and_when_it_is_taken_back():
    made = tag()
    given = give(made, "cat", "often", until=timezone.now() + timedelta(days=3))
    run()
    assert "cat" in members("often")
    run(timezone.now() + timedelta(days=4))
    assert "cat" not in members("often")
    give(made, "dan", "seldom")
    giving.take_back(given=made.given_values.exclude(pk=given.pk).get(), by=None)
    assert given_at(made, timezone.now()).keys() == {"often"}


def test_a_later_word_ends_the_earlier_and_the_past_stays_as_it_was():
    made = tag()
    give(made, "cat", "often")
    before = timezone.now()
    give(made, "cat", "")
    assert given_at(made, before) == {"often": BitMap([customer("cat")])}
    assert given_at(made, timezone.now()) == {"": BitMap([customer("cat")])}
    run()
    assert "cat" not in members("often") | members("seldom")


def test_a_word_needs_a_reason_and_a_value_of_the_tag():
    made = tag()
    cat = Customer.objects.get(external_id="cat")
    for wrong, where in (({"value": "tall", "reason": "x"}, "value"), ({"value": "often", "reason": " "}, "reason")):
        with pytest.raises(SegmentationError) as refused:
            giving.give_value(tag=made, customer=cat, by=None, **wrong)
        assert refused.value.where == where


def test_a_word_on_a_merged_customer_is_a_word_on_who_they_are_now():
    made = tag()
    give(made, "cat", "often")
    Customer.objects.filter(external_id="cat").update(merged_into=customer("fay"))
    assert given_at(made, timezone.now()) == {"often": BitMap([customer("fay")])}


def test_the_books_of_a_list_close():
    made = tag("imported", {"names": VALUES})
    text = "user_id,value\nann,vip\nbob,plain\nann,plain\nnobody,vip\ncat,tall\nonly-one-cell\n\ndan,vip\n"
    taken = giving.take_list(tag=made, name="list.csv", text=text)
    assert (taken.rows, taken.matched, taken.duplicate, taken.unmatched, taken.invalid) == (7, 3, 1, 1, 2)
    assert taken.rows == taken.matched + taken.duplicate + taken.unmatched + taken.invalid
    assert [(line, why) for line, _row, why in taken.refused] == [
        (4, "duplicate"),
        (5, "unknown_customer"),
        (6, "unknown_value"),
        (7, "columns"),
    ]
    run()
    assert (members("vip"), members("plain")) == ({"ann", "dan"}, {"bob"})


def test_a_list_replaces_those_before_or_adds_to_them_and_a_past_date_knows_none_of_it():
    made = tag("imported", {"names": VALUES})
    giving.take_list(tag=made, name="a", text="ann,vip")
    giving.take_list(tag=made, name="b", text="bob,vip", mode=ValueList.Mode.ADD)
    run()
    assert members("vip") == {"ann", "bob"}
    giving.take_list(tag=made, name="c", text="cat,plain")
    run()
    assert (members("vip"), members("plain")) == (set(), {"cat"})


def test_a_missing_value_is_left_empty_or_the_last_one_is_kept():
    made = tag("imported", {"names": VALUES})
    giving.take_list(tag=made, name="a", text="ann,vip\nbob,plain")
    run()
    giving.take_list(tag=made, name="b", text="bob,vip")
    run()
    assert (members("vip"), members("plain")) == ({"bob"}, set())
    services.update_tag(tag=Tag.objects.get(), by=None, when_empty="keep")
    giving.take_list(tag=made, name="c", text="ann,plain")
    assert run().result["kept_values"] == 1
    assert (members("vip"), members("plain")) == ({"bob"}, {"ann"})


def test_what_was_given_later_does_not_count_for_a_base_date_before():
    made = tag()
    give(made, "cat", "often")
    run(AS_OF)
    assert "cat" not in members("often")


def test_a_word_on_a_value_that_is_gone_takes_nothing_away():
    made = tag()
    give(made, "cat", "often")
    made.given_values.update(value="gone")
    assert run().result["by_hand_gone"] == 1
    assert "cat" in members("seldom")
