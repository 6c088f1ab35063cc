"""Reviewers read what a definition says beside what it said: whatever changes has to show in the words."""

import msgspec
import pytest

from segmentation.tags.definition_words import words_of
from segmentation.tags.loading import all_kinds

RISEN = [{"key": "one", "zh": "甲", "en": "One", "colour": ""}]
BOUNDS = {"recency": [1, 2, 3, 4], "frequency": [1, 2, 3, 4], "monetary": [1, 2, 3, 4]}
SOURCE = {"tag": "other", "ignore": [], "property": "name", "past_days": 7, "names": RISEN}
NEVER = {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": 3}}
# Of each kind the parameters that decide who has which value, each with something else than the example has.
CHANGES = {
    "affinity": {"event": "Viewed", "property": "name", "value": "toys", "names": RISEN, "cuts": [1], "past_days": 7}
    | {"weight": None},
    "cluster": {"features": ["monetary"], "algorithm": "mixture", "k": 4, "between": [2, 9], "blocks": {"weeks": 1}}
    | {"among": NEVER},
    "collaborative": SOURCE
    | {"similarity": "cosine", "nearest": 9, "floor": 0.3, "support": 2, "least_lift": 2, "groups": "some"}
    | {"until": "items"},
    "distribution": {"event": "Viewed", "cuts": [3, 5], "names": RISEN, "unit": "weeks", "past_days": 7},
    "first_last": {"event": "Viewed", "property": "name", "which": "last", "past_days": 7},
    "formula": {"expression": "spent", "by": "quantiles", "cuts": [0.5], "names": RISEN},
    "imported": {"names": RISEN},
    "lifecycle": {"feature": "frequency", "levels": [{**RISEN[0], "at_least": 5}], "cycle": "year", "keep": 0.5}
    | {"fall": "to_earned"},
    "manual": {"names": RISEN},
    "predicted": {"goal": "churn", "names": RISEN, "cuts": [0.5], "by": "quantiles", "days": 7},
    "preference": {"property": "name", "past_days": 7, "least_items": 9, "least_index": 2},
    "priority": {"sources": [{"tag": "guessed", "called": {}}], "names": RISEN},
    "propagated": SOURCE | {"graph": "bought_together", "neighbours": 3, "reach": 0.5, "least_share": 0.4},
    "rfm": {"recency": "frequency", "frequency": "monetary", "monetary": "frequency", "bounds": BOUNDS}
    | {"high": "above_mean_score"},
    "rule": {"values": [{**RISEN[0], "rule": NEVER}], "otherwise": None},
    "statistic": {"feature": "frequency", "by": "quantiles", "cuts": [0.5], "names": RISEN},
}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]


def example_of(key):
    kind = all_kinds()[key]
    return msgspec.to_builtins(kind.read(kind.example.definition))


def test_every_kind_has_words():
    assert set(CHANGES) == set(all_kinds())
    assert all(words_of(key, example_of(key)) for key in CHANGES)


@pytest.mark.parametrize(("key", "parameter"), [(key, one) for key, changes in CHANGES.items() for one in changes])
def test_the_words_change_with_the_definition(key, parameter):
    before = example_of(key)
    after = before | {parameter: CHANGES[key][parameter]}
    assert parameter in before
    assert words_of(key, after) != words_of(key, before)


def test_bounds_are_told_each():
    first = example_of("rfm") | {"bounds": BOUNDS}
    for part in BOUNDS:
        second = first | {"bounds": BOUNDS | {part: [1, 2, 3, 5]}}
        assert words_of("rfm", first) != words_of("rfm", second)


def test_a_version_from_before_the_newest_parameters_has_words():
    old = {key: value for key, value in example_of("lifecycle").items() if key not in {"keep", "fall"}}
    assert words_of("lifecycle", old) == words_of("lifecycle", old | {"keep": 1.0, "fall": "to_earned"})
