"""Worked examples of every operator: type, operand, values for which it holds, values for which it does not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any


@dataclass(frozen=True)
class Case:
    """One operand, with values on both sides. None stands for no value."""

    type: str
    operand: Any
    holds: tuple[Any, ...]
    fails: tuple[Any, ...]
    fold: bool = False
    missing: str | None = None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# Asked on 17 March 2026 at 9 in Shanghai, which is 1 in UTC.
START_OF_MARCH = _instant("2026-03-01T00:00+08:00")
BEFORE_MARCH = _instant("2026-02-28T23:59:59.999999+08:00")

CASES: dict[str, list[Case]] = {
    "anniversary": [
        Case(
            "date",
            {"next_days": 7},
            (date(2000, 3, 17), date(2025, 3, 23), date(1900, 3, 20)),
            # Nobody's birthday is on the day itself.
            (date(2000, 3, 16), date(2000, 3, 24), date(2026, 3, 17), date(2027, 3, 17), None),
        ),
        # In a year without one, 29 February comes round on 1 March.
        Case("date", {"past_days": 16}, (date(2000, 2, 29), date(2000, 3, 1)), (date(2000, 2, 28), None)),
        Case("date", {"next_days": 366}, (date(2000, 3, 16), date(2026, 3, 17)), (date(2027, 3, 17), None)),
        Case(
            "datetime",
            {"calendar": "today"},
            (_instant("2025-03-17T00:00+08:00"), _instant("2000-03-17T23:59:59.999999+08:00")),
            (_instant("2025-03-16T23:59:59.999999+08:00"), _instant("2026-03-17T00:00+08:00"), None),
        ),
    ],
    "is": [
        Case("number", 5, (5.0,), (5.000001, -5.0, None)),
        Case("number", 0, (0.0, -0.0), (1e-300, None)),
        Case("text", "a", ("a",), ("A", "a ", "", None)),
        Case("text", "", ("",), (" ", None)),
        Case("text", "5", ("5",), ("５", "5.0")),
        Case("text", "É", ("é", "E", "ｅ"), ("f", "", None), fold=True),
        Case("boolean", True, (True,), (False, None)),
        Case("boolean", False, (False,), (True, None)),
        Case("date", "2024-02-29", (date(2024, 2, 29),), (date(2024, 3, 1), None)),
    ],
    "is_not": [
        Case("number", 5, (4.0, -5.0), (5.0, None)),
        Case("text", "a", ("A", ""), ("a", None)),
        Case("text", "a", ("b", "", None), ("a",), missing="include"),
        Case("text", "a", ("b", None), ("a", "A", "Ａ"), fold=True, missing="include"),
        Case("boolean", True, (False,), (True, None)),
        Case("date", "2024-02-29", (date(2024, 3, 1),), (date(2024, 2, 29), None)),
    ],
    "one_of": [
        Case("number", [1, 2], (1.0, 2.0), (3.0, None)),
        Case("text", ["a", ""], ("a", ""), ("b", None)),
        Case("text", ["É", "b"], ("e", "B"), ("c", None), fold=True),
        Case("date", ["2026-01-01"], (date(2026, 1, 1),), (date(2026, 1, 2), None)),
        Case("number", list(range(100)), (0.0, 99.0), (100.0, 0.5, None)),
    ],
    "not_one_of": [
        Case("number", [1, 2], (3.0,), (1.0, None)),
        Case("text", ["a", "b"], ("c", ""), ("a", None)),
        Case("text", ["a"], ("c", None), ("a",), missing="include"),
        Case("date", ["2026-01-01"], (date(2026, 1, 2),), (date(2026, 1, 1), None)),
    ],
    "more_than": [Case("number", 5, (5.000001, 6.0), (5.0, 4.0, None))],
    "at_least": [Case("number", 5, (5.0, 6.0), (4.999999, None)), Case("number", 0.3, (0.3,), (0.29999999999999993,))],
    "less_than": [Case("number", 5, (4.999999, -6.0), (5.0, None))],
    "at_most": [Case("number", 5, (5.0, -6.0), (5.000001, None))],
    "between": [
        Case("number", [1, 2], (1.0, 1.5, 2.0), (0.999, 2.001, None)),
        Case("date", ["2024-02-28", "2024-02-29"], (date(2024, 2, 29),), (date(2024, 3, 1), None)),
    ],
    "contains": [
        Case("text", "b%", ("ab%c", "b%"), ("abc", "B%", "", None)),
        Case("text", "", ("", "a"), (None,)),
        Case("text", "É", ("cafe", "ＣＡＦÉ"), ("caf", None), fold=True),
    ],
    "not_contains": [
        Case("text", "b", ("a", "B", ""), ("abc", None)),
        Case("text", "b", ("a", None), ("abc",), missing="include"),
    ],
    "starts_with": [Case("text", "a_", ("a_b", "a_"), ("ab", "A_b", "", None))],
    "ends_with": [Case("text", "_a", ("b_a", "_a"), ("ba", "b_A", "", None))],
    "matches": [
        Case("text", "^a.c$", ("abc",), ("xabc", "ABC", "a\nc", "", None)),
        Case("text", "b", ("abc", "b"), ("ac", None)),
        # The second is younger than the tables of some RE2s.
        Case("text", r"\p{Han}", ("a中", "\U0002ebf0"), ("abc", None)),
        Case("text", "(?i)É", ("é",), ("e", None)),
    ],
    "not_matches": [
        Case("text", "^a", ("ba", ""), ("ab", None)),
        Case("text", "^a", ("ba", None), ("ab",), missing="include"),
        Case("text", r"\p{Han}", ("abc",), ("a中", None)),
    ],
    "is_missing": [
        Case("number", None, (None,), (0.0,)),
        Case("text", None, (None,), ("",)),
        Case("boolean", None, (None,), (False,)),
        Case("text_list", None, (None,), ([], ["a"])),
        Case("date", None, (None,), (date(2026, 1, 1),)),
        Case("datetime", None, (None,), (START_OF_MARCH,)),
    ],
    "is_present": [
        Case("number", None, (0.0,), (None,)),
        Case("text", None, ("",), (None,)),
        Case("boolean", None, (False,), (None,)),
        Case("text_list", None, ([], ["a"]), (None,)),
        Case("date", None, (date(2026, 1, 1),), (None,)),
        Case("datetime", None, (START_OF_MARCH,), (None,)),
    ],
    "before": [
        Case("datetime", "2026-03-01", (BEFORE_MARCH,), (START_OF_MARCH, None)),
        Case("datetime", "2026-02-28T16:00Z", (BEFORE_MARCH,), (START_OF_MARCH, None)),
        Case("datetime", {"days_ago": 16}, (BEFORE_MARCH,), (START_OF_MARCH, None)),
        Case("date", "2026-03-01", (date(2026, 2, 28),), (date(2026, 3, 1), None)),
        Case("date", {"days_ahead": 1}, (date(2026, 3, 17),), (date(2026, 3, 18), None)),
    ],
    "after": [
        Case("datetime", "2026-02-28T23:59:59.999999", (START_OF_MARCH,), (BEFORE_MARCH, None)),
        Case("datetime", {"days_ago": 17}, (BEFORE_MARCH,), (_instant("2026-02-28T00:00+08:00"), None)),
        Case("date", {"days_ago": 0}, (date(2026, 3, 18),), (date(2026, 3, 17), None)),
    ],
    "within": [
        Case("datetime", {"calendar": "this_month"}, (START_OF_MARCH,), (BEFORE_MARCH, None)),
        # A trait may hold a day to come.
        Case("date", {"calendar": "this_month"}, (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), None)),
        Case("date", {"past_days": 1}, (date(2026, 3, 16),), (date(2026, 3, 17), date(2026, 3, 15), None)),
        Case("date", {"rolling_hours": 24}, (date(2026, 3, 17),), (date(2026, 3, 16), date(2026, 3, 18), None)),
    ],
    "has_any": [
        Case("text_list", ["a", "b"], (["b", "c"], ["a"]), (["A"], [], None)),
        Case("text_list", ["É"], (["x", "e"],), (["f"], [], None), fold=True),
    ],
    "has_all": [
        Case("text_list", ["a", "b"], (["b", "c", "a"],), (["a"], [], None)),
        Case("text_list", ["É", "b"], (["B", "e"],), (["e"], None), fold=True),
    ],
}
