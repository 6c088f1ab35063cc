"""Where a value comes from is known of every customer, and rules can ask for it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pyroaring import BitMap

from segmentation.live.refreshing import LiveSets
from segmentation.rules.origins import ORIGINS, reference
from segmentation.sets import answers
from segmentation.sets.answers import SetsAt
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.explaining import explained
from segmentation.sets.models import NamedSet
from segmentation.tags import giving, governance
from segmentation.tags.kinds.priority import Priority
from segmentation.tags.kinds.propagated import Propagated
from segmentation.tags.loading import all_kinds
from segmentation.tags.models import Tag
from tests.segmentation.corner_shop import customer, named
from tests.segmentation.tags.contexts import context
from tests.segmentation.tags.test_computing import rule
from tests.segmentation.tags.test_given import give, run, tag

NAMES = [{"key": "male", "zh": "男", "en": "Male"}, {"key": "female", "zh": "女", "en": "Female"}]


def asked(*origin, **leaf):
    about = {"tag": "some", "op": "is", "value": "often", "origin": list(origin)} | leaf
    return answers.answer({"version": 1, "rule": about}, as_of=timezone.now())


def by_value(outcome, usual):
    return {name: list(having) for name, having in outcome.aside(usual).items()}


@pytest.mark.django_db
@pytest.mark.usefixtures("corner_shop")
def test_what_a_person_gave_and_what_a_rule_gave_are_asked_for_apart():
    made = tag()
    run()
    assert rule_catalog().tags["some"].origins == ("rule",)
    before, everybody = timezone.now(), asked("rule")
    assert everybody
    assert not asked("by_hand")
    given = give(made, "cat", "often")
    run()
    assert named(asked("by_hand")) == {"cat"}
    assert asked("rule") == everybody
    assert asked("by_hand", "rule") == everybody | BitMap([customer("cat")]) == asked(*ORIGINS)
    assert rule_catalog().tags["some"].origins == ("by_hand", "rule")
    at = SetsAt(before)
    assert not at[reference("some", "often", "by_hand")]
    assert at[reference("some", "often", "rule")] == everybody
    live = LiveSets(BitMap([customer("cat")]))
    assert named(live[reference("some", "often", "by_hand")]) == {"cat"}
    assert not live[reference("some", "often", "rule")]
    giving.take_back(given=given, by=None)
    run(timezone.now() + timedelta(minutes=1))
    assert not asked("by_hand")


@pytest.mark.django_db
@pytest.mark.usefixtures("corner_shop")
def test_an_explanation_goes_by_the_origin_and_names_it():
    made = tag()
    give(made, "cat", "often")
    run()
    document = {"version": 1, "rule": {"tag": "some", "op": "is", "value": "often", "origin": ["rule"]}}
    told = explained(document, customer("cat"), as_of=timezone.now(), language="zh")
    assert told["member"] is False
    assert told["conditions"][0]["value"] is None
    assert ORIGINS["rule"].zh in told["conditions"][0]["words"]
    document["rule"]["origin"] = ["by_hand"]
    assert explained(document, customer("cat"), as_of=timezone.now(), language="en")["member"] is True


@pytest.mark.django_db
@pytest.mark.usefixtures("corner_shop")
def test_a_value_that_is_kept_comes_from_an_earlier_run():
    made = tag(
        when_empty=Tag.WhenEmpty.KEEP, definition={"values": [rule("often", "常买", "frequency", "at_least", 10)]}
    )
    run()
    had = asked("rule")
    made.live_version.definition["values"] = [rule("often", "常买", "frequency", "at_least", 10_000)]
    made.live_version.save()
    run(timezone.now() + timedelta(minutes=1))
    assert had
    assert asked("kept") == had
    assert not asked("rule")


@pytest.mark.django_db
@pytest.mark.usefixtures("corner_shop")
def test_sets_of_an_origin_go_with_their_tag_into_the_bin():
    made = tag()
    give(made, "cat", "often")
    run()
    from_hand = NamedSet.objects.filter(kind="from:by_hand")
    assert from_hand.count() == 1
    governance.delete_tag(tag=made, by=None)
    assert from_hand.get().binned


def test_who_was_known_is_told_from_whom_labels_reached():
    items = [(who, "razors", 1) for who in range(1, 6)]
    tagged = {"guessed": {"male": [1, 2], "female": []}}
    kind = Propagated()
    outcome = kind.compute(
        kind.read({"tag": "guessed", "names": NAMES}), context(items=items, tagged=tagged, everybody=range(1, 7))
    )
    assert list(outcome.members["male"]) == [1, 2, 3, 4, 5]
    assert by_value(outcome, kind.origin) == {("declared", "male"): [1, 2]}


def test_a_merged_tag_passes_the_origins_of_its_sources_on():
    kind = Priority()
    sources = [{"tag": "declared", "called": {"m": "male"}}, {"tag": "guessed"}]
    told = {"declared": {"m": [1]}, "guessed": {"female": [1, 2], "male": [3]}}
    origins = {
        "declared": {"imported": {"m": BitMap([1])}},
        "guessed": {"predicted": {"female": BitMap([1, 2]), "male": BitMap()}, "by_hand": {"male": BitMap([3])}},
    }
    known = context(everybody=[1, 2, 3], tagged=told, tagged_from=origins.__getitem__)
    outcome = kind.compute(kind.read({"sources": sources, "names": NAMES}), known)
    assert by_value(outcome, kind.origin) == {
        ("imported", "male"): [1], ("predicted", "female"): [2], ("by_hand", "male"): [3],
    }  # fmt: skip


def test_every_kind_of_tag_has_an_origin_that_rules_know():
    assert {kind.origin for kind in all_kinds().values()} <= set(ORIGINS)
