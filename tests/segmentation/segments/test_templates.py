"""Templates of segments."""

import re

import pytest

from segmentation.segments.ready import TEMPLATES, template


@pytest.mark.parametrize("one", TEMPLATES, ids=lambda one: one.key)
def test_every_template_is_named_in_both_languages(one):
    for labels in (one.labels, one.description, *(parameter.labels for parameter in one.parameters)):
        assert labels.zh
        assert labels.en


@pytest.mark.parametrize("one", TEMPLATES, ids=lambda one: one.key)
def test_every_parameter_has_its_place_in_the_rule(one):
    for parameter in one.parameters:
        others = {p.key: p.default or "x" for p in one.parameters}
        assert one.document({**others, parameter.key: 77}) != one.document({**others, parameter.key: 78})


def test_win_back_asks_for_what_did_not_happen_and_nothing_else():
    assert list(template("win-back").document({"days": 45})["rule"]) == ["not"]


def test_defaults_hold_where_nothing_is_chosen():
    document = template("churn-risk").document({"orders": 9})
    before, since = document["rule"]["all"]
    assert (before["value"], before["window"]) == (9, {"days_ago": {"from": 180, "to": 30}})
    assert since["not"]["window"] == {"recent_days": 30}


def test_a_parameter_without_default_has_to_be_chosen():
    with pytest.raises(ValueError, match="category"):
        template("category-fans").document()


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValueError, match="colour"):
        template("new-customers").document({"colour": "red"})


def test_an_unknown_template_is_refused():
    with pytest.raises(LookupError):
        template("magic")


@pytest.mark.parametrize("one", TEMPLATES, ids=lambda one: one.key)
def test_a_description_has_no_placeholders(one):
    """It is copied into the segment, whose numbers a person may change."""
    for text in (one.description.zh, one.description.en):
        assert not re.search(r"\b[NM]\b", text)
