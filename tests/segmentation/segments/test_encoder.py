"""ProfileEncoder: features become comparable numbers, and every constant is kept."""

import json

import numpy as np
import pytest

from segmentation.segments import encoder
from segmentation.segments.algorithms.base import ClusteringError
from segmentation.segments.encoder import OTHER, ProfileEncoder
from tests.segmentation.segments.shapes import shop

AMOUNTS = {"frequency": "amount", "monetary": "amount", "recency_days": "amount", "discount_share": "share"}


def test_every_column_is_centred_and_scaled():
    features, _ = shop()
    rows = encoder.fit(features, AMOUNTS).encode(features)
    assert np.allclose(rows.mean(axis=0), 0)
    assert np.allclose(rows.std(axis=0), 1)


def test_one_whale_does_not_hide_the_differences_of_the_others():
    money = {"monetary": np.append(np.linspace(10, 100, 999), 300_000_000.0)}
    rows = encoder.fit(money, AMOUNTS).encode(money)
    assert rows[:999].std() > 0.9
    assert rows[999] - rows[998] < 0.1


def test_a_refund_is_as_far_below_zero_as_the_purchase_was_above():
    money = {"monetary": np.array([-50.0, 0.0, 50.0] * 10)}
    rows = encoder.fit(money, AMOUNTS).encode(money)[:3, 0]
    assert rows[0] == -rows[2]


def test_the_constants_survive_json_and_give_the_same_rows():
    features, _ = shop()
    features["favourite_category"] = np.array(["a", "b", None] * 200, dtype=object)
    fitted = encoder.fit(features, {**AMOUNTS, "favourite_category": "category"})
    again = ProfileEncoder.from_json(json.loads(json.dumps(fitted.to_json())))
    assert again == fitted
    assert np.abs(again.encode(features) - fitted.encode(features)).max() == 0


def test_missing_numbers_take_the_median_and_many_of_them_are_a_column_of_their_own():
    few = {"monetary": np.append(np.arange(1.0, 100.0), np.nan)}
    many = {"monetary": np.append(np.arange(1.0, 90.0), [np.nan] * 11)}
    assert encoder.fit(few, AMOUNTS).names == ("monetary",)
    fitted = encoder.fit(many, AMOUNTS)
    assert fitted.names == ("monetary", "monetary:missing")
    rows = fitted.encode(many)
    assert list(rows[-1]) == [rows[44, 0], 1.0]


def test_rare_categories_become_one_and_unknown_ones_join_it():
    texts = np.array(["bread"] * 500 + ["milk"] * 490 + [f"rare {i}" for i in range(10)], dtype=object)
    fitted = encoder.fit({"category": texts}, {"category": "category"})
    assert fitted.columns[0].levels == ("bread", "milk", OTHER)
    fresh = fitted.encode({"category": np.array(["milk", "never seen", None], dtype=object)})
    assert fresh.tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_a_category_has_at_most_ten_columns():
    texts = np.array([f"category {i % 40}" for i in range(4000)], dtype=object)
    assert len(encoder.fit({"category": texts}, {"category": "category"}).names) == 10


@pytest.mark.parametrize(
    ("values", "treatment", "code"),
    [
        (np.full(50, 3.0), "amount", "feature_constant"),
        (np.full(50, 0.1) + 0.2, "share", "feature_constant"),
        (np.full(50, np.nan), "amount", "feature_missing"),
        (np.array(["x"] * 50, dtype=object), "category", "feature_constant"),
        (np.array([f"id {i}" for i in range(500)], dtype=object), "category", "feature_constant"),
        (np.array([None] * 50, dtype=object), "category", "feature_missing"),
    ],
)
def test_a_feature_that_tells_nobody_apart_is_refused_by_name(values, treatment, code):
    with pytest.raises(ClusteringError) as refused:
        encoder.fit({"odd": values}, {"odd": treatment})
    assert (refused.value.code, refused.value.where) == (code, "odd")


def test_a_row_is_encoded_alike_whatever_rows_it_comes_with():
    random = np.random.default_rng(0)
    money = random.lognormal(3, 1, encoder.ROWS_AT_ONCE + 500)
    money[::7] = np.nan
    features = {"monetary": money, "city": np.array(["a", "b", None, "c"] * (len(money) // 4), dtype=object)}
    fitted = encoder.fit(features, {"monetary": "amount", "city": "category"})
    whole = fitted.encode(features)
    assert whole.shape == (len(money), len(fitted.names))
    last = fitted.encode({key: values[-300:] for key, values in features.items()})
    assert np.array_equal(whole[-300:], last)
