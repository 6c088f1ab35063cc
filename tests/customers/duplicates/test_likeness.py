"""Who is found to be the same person, on invented persons of whom that is known."""

import pytest

from benchmarks.people_twice import people
from customers.duplicates.likeness import Record, alike


def test_most_who_are_there_twice_are_found_and_hardly_anybody_else() -> None:
    records, truth = people(400)

    likely = {(pair.first, pair.second) for pair in alike(records, at_least=0.9)}

    precision, recall = len(likely & truth) / len(likely), len(likely & truth) / len(truth)
    print(f"{len(records)} records, {len(truth)} true pairs: precision {precision:.4f}, recall {recall:.4f}")
    assert precision >= 0.99
    assert recall >= 0.93


def test_the_order_of_the_records_changes_nothing() -> None:
    records, _truth = people(100)
    assert alike(records) == alike(records[::-1])


ANN = Record(1, "张伟", "zhang.wei@example.com", "13800138000", "浙江省杭州市西湖区文三路1号", "1990-05-04", "杭州")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (ANN._replace(id=2), True),
        (Record(2, "张玮", "zhang.wei+shop@example.com", "+86 13800138000", city="杭州"), True),
        (Record(2, "张伟", birthday="1990-05-04", address="浙江省杭州市西湖区文三路1号"), True),
        (Record(2, "张伟", city="杭州"), False),  # a name that many have
        (Record(2, "李娜", address="浙江省杭州市西湖区文三路1号", city="杭州"), False),  # lives there too
        (Record(2, "李娜", "lina@example.com", "13900139000", "北京市朝阳区1号", "1984-01-01", "北京"), False),
    ],
)
def test_what_makes_two_records_one_person(other: Record, found: bool) -> None:
    strangers = [record._replace(id=record.id + 100) for record in people(200, twice=0)[0]]
    strangers += [Record(n, "张伟", f"{n}@example.com", f"1500000{n * 7}", city="杭州") for n in range(1000, 1020)]
    pairs = {(pair.first, pair.second) for pair in alike([ANN, other, *strangers], at_least=0.5)}
    assert ((1, 2) in pairs) is found


@pytest.mark.parametrize("records", [[], [ANN], [Record(1, "a"), Record(2, "b")], [Record(1), Record(2)]])
def test_nobody_to_compare_is_no_pair(records: list[Record]) -> None:
    assert alike(records) == []


def test_a_number_that_everybody_has_brings_nobody_together() -> None:
    records = [Record(n, f"人{n}", phone="4008001000") for n in range(1, 400)]
    assert alike(records, at_least=0.01) == []
