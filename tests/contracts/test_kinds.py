"""Every kind of tag keeps the same promises."""

import json
from dataclasses import replace

import numpy as np
import pytest
from pyroaring import BitMap

from segmentation.tags.kinds.base import Frame, Items
from segmentation.tags.loading import all_kinds
from tests.contracts.kind_cases import CASES
from tests.segmentation.tags.contexts import CATALOG, asked


@pytest.fixture(params=all_kinds())
def key(request):
    return request.param


@pytest.fixture
def kind(key):
    return all_kinds()[key]


@pytest.fixture
def case(key):
    assert key in CASES, f"tests/contracts/kind_cases.py has no case for the kind {key}"
    return CASES[key]


def computed(kind, case, context=None):
    return kind.compute(kind.read(case.definition), context or case.context)


def test_it_is_named_and_described_in_both_languages(kind):
    for labels in (kind.labels, kind.description):
        assert labels.zh
        assert labels.en


def test_the_example_on_its_page_is_a_definition_and_gives_values_that_it_has(kind):
    example = kind.example
    assert kind.problems(example.definition, CATALOG) == []
    named = {(value.name_zh, value.name_en) for value in kind.values(kind.read(example.definition))}
    assert len(example.customers) >= 2
    for customer, value in example.customers:
        assert customer.zh
        assert customer.en
        if named and value.zh != "—":
            assert (value.zh, value.en) in named


def test_its_worked_example_comes_out(kind, case):
    outcome = computed(kind, case)
    assert [value.key for value in outcome.values] == list(outcome.members)
    if case.members is not None:
        assert {key: list(members) for key, members in outcome.members.items()} == case.members


def test_nobody_has_two_values_that_exclude_each_other(kind, case):
    outcome = computed(kind, case)
    if not kind.always_exclusive:
        outcome = outcome.exclusive()
    sizes = sum(len(members) for members in outcome.members.values())
    assert sizes == len(BitMap.union(*outcome.members.values())) > 0


def test_the_values_known_before_are_those_that_come_out(kind, case):
    known = [value.key for value in kind.values(kind.read(case.definition))]
    assert not known or known == [value.key for value in computed(kind, case).values]


def test_the_order_of_the_customers_does_not_matter(kind, case):
    def shuffled(keys):
        frame = case.context.features(keys)
        order = np.random.default_rng(3).permutation(len(frame.ids))
        columns = {key: replace(column, values=column.values[order]) for key, column in frame.columns.items()}
        return Frame(frame.ids[order], columns)

    def shuffled_items(*what):
        items = case.context.items(*what)
        order = np.random.default_rng(3).permutation(len(items.ids))
        return Items(items.ids[order], items.values[order], items.counts[order], items.texts)

    other = replace(case.context, features=shuffled, items=shuffled_items)
    straight, mixed = computed(kind, case), computed(kind, case, other)
    assert straight.members == mixed.members
    assert [v.name_zh for v in straight.values] == [v.name_zh for v in mixed.values]


def test_what_it_says_of_itself_is_plain_json(kind, case):
    outcome = computed(kind, case)
    for said in (outcome.details, *(value.detail for value in outcome.values)):
        assert json.loads(json.dumps(said)) == said


def test_a_faultless_definition_is_saved_with_everything_stated(kind, case):
    assert kind.problems(case.definition, CATALOG) == []
    saved = kind.canonical(kind.read(case.definition), CATALOG)
    assert kind.problems(saved, CATALOG) == []
    assert kind.canonical(kind.read(json.loads(json.dumps(saved))), CATALOG) == saved


def test_an_unknown_field_is_refused(kind, case):
    (problem,) = kind.problems({**case.definition, "colour_of_eyes": "blue"}, CATALOG)
    assert problem.code == "shape"
    assert "colour_of_eyes" in problem.message
    assert problem.text("zh") != problem.message


def test_what_is_not_an_object_is_refused(kind):
    (problem,) = kind.problems([], CATALOG)
    assert problem.code == "shape"


# Kinds whose definition names values and nothing else.
OF_VALUES_ALONE = ("imported", "manual")


@pytest.mark.parametrize("key", sorted(set(all_kinds()) - set(OF_VALUES_ALONE)), indirect=True)
def test_what_there_is_not_is_refused_with_its_place(kind, case):
    bare = replace(CATALOG, features={}, traits={}, events={}, tags={})
    problems = kind.problems(case.definition, bare)
    assert problems
    assert all(problem.path for problem in problems)
    assert {problem.code for problem in problems} <= {"unknown_feature", "unknown_event", "unknown_name"}


def test_it_answers_why_in_both_languages(kind, case):
    value = next(value for value in computed(kind, case).values if value.key == case.value)
    why = kind.why(kind.read(case.definition), value, asked(**case.features))
    assert why.zh
    assert why.en
    assert why.zh != why.en
