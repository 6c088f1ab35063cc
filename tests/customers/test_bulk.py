"""Many rows in one statement come back as they went in."""

from datetime import UTC, datetime

import pytest

from customers import bulk
from customers.models import Touched

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 17, 12, 0, 0, 250, tzinfo=UTC)
AWKWARD = ['say "so"', "back\\slash", "", "NULL", "{a,b}", "100 %s", "'; --", "名字\n\t "]
FIELDS = ["customer_id", "what", "since", "times"]


def test_texts_and_times_of_all_kinds_come_back_as_they_went_in():
    times = bulk.stored_times([NOON] * len(AWKWARD))
    rows = [(number, text, time, 1) for (number, text), time in zip(enumerate(AWKWARD), times, strict=True)]

    bulk.insert(Touched, FIELDS, rows, unless=["customer_id", "what"])

    assert dict(Touched.objects.values_list("customer_id", "what")) == dict(enumerate(AWKWARD))
    assert bulk.present(Touched, "what", AWKWARD) == set(AWKWARD)
    assert set(bulk.select(Touched, ["since"], ["what"], [(text,) for text in AWKWARD])) == {(NOON,)}
