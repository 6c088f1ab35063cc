"""Score tables: whole when written, quick to ask, forgetful when asked to be."""

import pyarrow as pa
import pytest

from segmentation.scores import store

pytestmark = pytest.mark.django_db


def rows(ids: list[int]) -> pa.Table:
    return pa.table({"id": pa.array(ids, pa.int32()), "score": [id / 10 for id in ids]})


def test_a_row_is_found_whatever_its_chunk():
    store.publish("tag:a", rows([9000, 1, 4095, 4096]), run=None)
    assert [store.row("tag:a", id)["score"] for id in (1, 4095, 4096, 9000)] == [0.1, 409.5, 409.6, 900.0]
    assert [store.row("tag:a", id) for id in (2, 4097, 50_000)] == [None, None, None]


def test_a_new_table_takes_the_place_of_the_old_one():
    store.publish("tag:a", rows([1, 5000]), run=None)
    assert store.row("tag:a", 1)["score"] == 0.1
    store.publish("tag:a", rows([2]), run=None)
    assert store.table("tag:a")["id"].to_pylist() == [2]
    assert store.row("tag:a", 1) is None


def test_owners_do_not_mix():
    store.publish("tag:a", rows([1]), run=None)
    store.publish("tag:b", rows([2]), run=None)
    assert store.row("tag:a", 2) is None


def test_an_empty_table_is_no_table():
    store.publish("tag:a", rows([]), run=None)
    assert store.table("tag:a") is None


def test_a_forgotten_customer_is_in_no_table():
    store.publish("tag:a", rows([1, 2]), run=None)
    store.publish("tag:b", rows([2, 3]), run=None)
    assert store.row("tag:a", 2)
    store.forget([2])
    assert store.row("tag:a", 2) is None
    assert store.row("tag:b", 2) is None
    assert store.row("tag:b", 3)


def test_a_forgotten_customer_is_named_in_nobody_elses_row():
    near = [[2, 3], [], [3, 2, 1]]
    table = rows([1, 3, 9]).append_column("neighbours", pa.array(near, pa.list_(pa.int32())))
    store.publish("tag:a", table, run=None)
    store.forget([3])
    assert store.table("tag:a")["neighbours"].to_pylist() == [[2], [2, 1]]
    assert store.table("tag:a").schema == table.schema


def test_a_forgotten_customer_is_no_product_of_the_same_number():
    """The best customers of product 3 lose customer 3 with the score; the product stays."""
    lists = {"customers": pa.array([[3, 4], [5]], pa.list_(pa.int32())), "scores": [[0.9, 0.8], [0.7]]}
    store.publish("recommendation.products", pa.table({"id": pa.array([3, 4], pa.int32()), **lists}), run=None)
    store.forget([3])
    assert store.row("recommendation.products", 3) == {"id": 3, "customers": [4], "scores": [0.8]}
    assert store.row("recommendation.products", 4)["customers"] == [5]
