"""A file writes its times in one form, and that form is found."""

from datetime import UTC, date, datetime

import pytest

from customers.ingest.times import ISO, time_forms, time_reader

WANTED = datetime(2026, 3, 4, 0, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["2026-03-04T08:26:00"], ISO),
        (["2026-03-04 08:26"], ISO),
        (["2026/3/4 8:26", "2026/03/14 08:26"], "%Y/%m/%d %H:%M"),
        (["2026年3月4日 08:26"], "%Y年%m月%d日 %H:%M"),
        (["3/4/2026 8:26", "3/14/2026 8:26"], "%m/%d/%Y %H:%M"),
        (["4/3/2026 8:26", "14/3/2026 8:26"], "%d/%m/%Y %H:%M"),
        (["04.03.2026 08:26"], "%d.%m.%Y %H:%M"),
        (["n/a", None, "", "04.03.2026 08:26"], "%d.%m.%Y %H:%M"),
    ],
)
def test_the_form_that_reads_most_is_taken(values: list, form: str) -> None:
    assert time_forms(values)[0] == form
    assert WANTED in {time_reader(form)(value) for value in values}


def test_typed_times_are_taken_as_they_are() -> None:
    read = time_reader(ISO)
    assert read(datetime(2026, 3, 4, 8, 26)) == WANTED
    assert read(WANTED) == WANTED
    assert read(date(2026, 3, 4)) == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert read(1772583960) == WANTED


def test_other_things_are_no_times() -> None:
    for form in (ISO, "%Y/%m/%d"):
        assert [time_reader(form)(value) for value in ("soon", "", None, [1], "2026-13-01")] == [None] * 5


@pytest.mark.parametrize(
    ("values", "forms"),
    [
        (["03/04/2026", "05/04/2026"], 2),
        (["03/04/2026 10:00", None, ""], 2),
        (["03/04/2026", "25/04/2026"], 1),
        (["04/04/2026"], 1),  # the same day either way
        (["2026-03-04"], 1),
        (["soon"], 1),
    ],
)
def test_more_than_one_form_where_no_row_tells_day_and_month_apart(values, forms):
    assert len(time_forms(values)) == forms
