"""Doubts about features, guards before a fit, and thresholds in the features' own units."""

import numpy as np
import pytest

from segmentation.segments import clustering, encoder
from segmentation.segments.algorithms.base import ClusteringError
from segmentation.segments.clustering import Features, Plan
from segmentation.segments.doubts import doubts
from tests.segmentation.segments.shapes import shop

AMOUNTS = {"frequency": "amount", "monetary": "amount", "recency_days": "amount", "discount_share": "share"}


def test_two_features_that_say_the_same_and_one_that_is_a_number_for_a_name_are_told():
    features, _ = shop()
    ids = np.random.default_rng(0).permutation(600) + 1
    odd = {**features, "double": features["monetary"] * 1.1, "number": ids * 10.0}
    fitted = encoder.fit(odd, {**AMOUNTS, "double": "amount", "number": "share"})
    told = doubts(fitted, fitted.encode(odd), ids)
    assert {tuple(one["features"]) for one in told if one["what"] == "alike"} == {("monetary", "double")}
    assert [one["features"] for one in told if one["what"] == "like_id"] == [["number"]]


def test_sound_features_raise_no_doubt():
    features, _ = shop()
    fitted = encoder.fit(features, AMOUNTS)
    assert doubts(fitted, fitted.encode(features), np.arange(1, 601)) == []


@pytest.mark.parametrize(("key", "above"), [("monetary", True), ("monetary", False), ("discount_share", True)])
def test_a_question_about_a_column_asks_the_same_of_the_feature(key, above):
    features, _ = shop()
    fitted = encoder.fit(features, AMOUNTS)
    column = fitted.names.index(key)
    leaf = fitted.condition(column, above, 0.3)
    told = features[key] > leaf["value"] if leaf["op"] == "more_than" else features[key] <= leaf["value"]
    asked = (fitted.encode(features)[:, column] > 0.3) == above
    assert (told == asked).mean() > 0.995


def test_a_question_about_a_category_is_one_of_its_values():
    texts = np.array(["bread"] * 60 + ["milk"] * 39 + ["rare"], dtype=object)
    fitted = encoder.fit({"what": texts}, {"what": "category"})
    assert fitted.condition(0, True, 0.5) == {"feature": "what", "op": "is", "value": "bread"}
    assert fitted.condition(1, False, 0.5) == {"feature": "what", "op": "is_not", "value": "milk", "missing": "include"}


def test_a_fit_that_would_not_fit_the_memory_is_refused_with_the_estimate(monkeypatch):
    monkeypatch.setattr(clustering, "MOST_BYTES", 10_000)
    features, _ = shop()
    with pytest.raises(ClusteringError, match=r"600 customers by 4 columns would take about .* GB") as refused:
        clustering.find(Features(features, AMOUNTS), Plan("kmeans", 3, (2, 4), False, 0), progress=lambda *_: None)
    assert refused.value.code == "too_large"
