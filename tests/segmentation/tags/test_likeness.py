"""Values from customers who are alike: suggested along a chain of answers, or spread along a graph."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import roc_auc_score

from segmentation.similarity.collaborative import profiles
from segmentation.similarity.item_votes import item_votes
from segmentation.tags.kinds.base import TagError
from segmentation.tags.kinds.collaborative import ORIGINS, Collaborative
from segmentation.tags.kinds.propagated import Propagated
from tests.segmentation.tags.contexts import CATALOG, asked, context

NAMES = [{"key": "male", "zh": "男", "en": "Male"}, {"key": "female", "zh": "女", "en": "Female"}]
GROOMING, COSMETICS, BREAD = "razors", "lipstick", "bread"
SUGGEST, SPREAD = Collaborative(), Propagated()


def bought(*baskets: tuple[range, str]):
    return [(who, what, 1) for whom, what in baskets for who in whom]


# 1 to 20 are known to be men, 21 to 40 women; each kind buys its own things, everybody buys bread.
KNOWN = {"guessed": {"male": range(1, 21), "female": range(21, 41)}, "rfm": {"important-value": [70, *range(1, 11)]}}
TASTES = bought((range(1, 21), GROOMING), (range(21, 41), COSMETICS), (range(1, 41), BREAD))


def suggested(items, tagged=KNOWN, **definition):
    read = SUGGEST.read({"tag": "guessed", "names": NAMES, "nearest": 10, **definition})
    return SUGGEST.compute(read, context(items=items, tagged=tagged, everybody=range(1, 81)))


def origins(outcome):
    return dict(zip(outcome.scores["id"].to_pylist(), outcome.scores["origin"].to_pylist(), strict=True))


def test_who_buys_alike_is_suggested_the_same_and_who_is_known_is_left_alone():
    outcome = suggested([*TASTES, (50, GROOMING, 3), (51, COSMETICS, 2)])
    assert {key: list(members) for key, members in outcome.members.items()} == {"male": [50], "female": [51]}
    assert origins(outcome) == {50: "users", 51: "users"}


def test_where_neighbours_say_nothing_clear_the_items_then_the_group_then_everybody_answer():
    """By users nothing is clear with a lift that no neighbourhood can reach; a step that is off is not asked."""
    items = [*TASTES, (60, BREAD, 1), (70, BREAD, 1)]
    outcome = suggested(items, groups="rfm", least_lift=1.5)
    assert origins(outcome) == {60: "everybody", 70: "group"}
    assert 70 in outcome.members["male"]
    assert outcome.details["by"] == {"users": 0, "items": 0, "group": 1, "everybody": 1}
    assert origins(suggested(items, groups="rfm", least_lift=1.5, until="group")) == {70: "group"}
    assert origins(suggested(items, least_lift=1.5, until="group")) == {}


def test_items_tell_labels_apart_and_promise_no_more_than_they_know():
    """Of two labels one follows from an item, the other from nothing: its shares stay near what is usual."""
    random = np.random.default_rng(0)
    counts = sparse.csr_array(random.poisson(0.2, (1200, 40)) + 0.0)
    rows = profiles(counts, "pearson")
    labels = np.column_stack([counts[:, [3]].toarray()[:, 0] > 0, random.random(1200) < 0.5])
    found = item_votes(rows[:800], labels[:800], rows[800:], nearest=50, seed=0)
    assert roc_auc_score(labels[800:, 0], found.scores[:, 0]) > 0.9
    # As confident as the outcome is: without the folds the shares of the known would run to 0 and 1.
    assert found.scores[:, 1].std() < 0.12
    assert (found.support == np.round(50 * found.scores)).all()


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_reason_tells_where_a_suggestion_comes_from(origin):
    read = SUGGEST.read({"tag": "guessed", "names": NAMES})
    score = {"score": 0.8, "support": 8, "lift": 1.6, "neighbours": [], "origin": origin}
    one = asked()
    told = SUGGEST.why(read, SUGGEST.values(read)[0], type(one)(one.as_of, one.catalog, one.features, score))
    assert ORIGINS[origin].en.format(share="80%") in told.en
    assert ORIGINS[origin].zh.format(share="80%") in told.zh


def test_a_group_tag_that_there_is_not_is_refused_and_one_there_is_counts_as_used():
    wrong = {"tag": "guessed", "groups": "nowhere"}
    assert [(p.path, p.code) for p in SUGGEST.problems(wrong, CATALOG)] == [("groups", "unknown_name")]
    assert SUGGEST.references(SUGGEST.read({"tag": "guessed", "groups": "rfm"})) == {("tag", "guessed"), ("tag", "rfm")}


@pytest.mark.parametrize("graph", ["similar", "bought_together"])
def test_a_few_labels_reach_all_who_are_connected_and_nobody_else(graph):
    read = SPREAD.read({"tag": "guessed", "names": NAMES, "graph": graph, "neighbours": 2})
    items = bought((range(1, 11), GROOMING), (range(11, 21), COSMETICS), (range(31, 33), "island"))
    seeds = {"guessed": {"male": [1], "female": [11]}}
    outcome = SPREAD.compute(read, context(items=items, tagged=seeds, everybody=range(1, 41)))
    assert list(outcome.members["male"]) == list(range(1, 11))
    assert list(outcome.members["female"]) == list(range(11, 21))
    assert list(outcome.members["unreached"]) == list(range(21, 41))
    row = next(row for row in outcome.scores.to_pylist() if row["id"] == 15)
    assert row["sources"] == [11]


def test_without_anybody_known_it_says_so():
    with pytest.raises(TagError) as error:
        suggested(TASTES, tagged={"guessed": {"male": []}})
    assert error.value.code == "no_seeds"


def test_loading_all_kinds_loads_no_scikit_learn():
    """Pages load them; only jobs may pay for it."""
    code = (
        "import django, sys; django.setup(); from segmentation.tags.loading import all_kinds; all_kinds(); "
        "print(*{'sklearn', 'pandas'} & set(sys.modules))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr
