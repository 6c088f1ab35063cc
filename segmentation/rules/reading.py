"""Reads a rule document: gathers every problem with its path, so that all are told at once."""

from collections.abc import Callable, Collection, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from segmentation.rules.catalog import Catalog
from segmentation.rules.problems import Problem
from segmentation.rules.values import Misfit

DEEPEST = 20
MOST_CONDITIONS = 500
MOST_VALUES = 10_000
MOST_PROBLEMS = 100
# Names longer than this get no "did you mean".
LONGEST_GUESSED = 100

Thing = TypeVar("Thing")


class TooManyProblems(Exception):
    """Reading on would help nobody."""


class Reading:
    """One reading of one document. What cannot be read is None, and there is a problem that says why."""

    def __init__(self, catalog: Catalog, timezone: ZoneInfo) -> None:
        self.catalog = catalog
        self.timezone = timezone
        self.problems: list[Problem] = []
        self.conditions = 0
        self.depth = 0

    def problem(self, path: str, code: str, **details: object) -> None:
        """Notes a problem and goes on."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.problems.append(Problem(path, "too_many_problems"))
            raise TooManyProblems
        self.problems.append(Problem(path, code, details))

    def mapping(self, raw: object, path: str) -> dict[str, Any] | None:
        if isinstance(raw, dict):
            return raw
        self.problem(path, "not_an_object")
        return None

    def sequence(
        self, raw: object, path: str, *, empty: str = "empty_list", most: int = MOST_VALUES
    ) -> list[Any] | None:
        """A list that is neither empty nor too long."""
        if not isinstance(raw, list | tuple):
            self.problem(path, "not_a_list")
        elif not raw:
            self.problem(path, empty)
        elif len(raw) > most:
            self.problem(path, "too_many_values", limit=most)
        else:
            return list(raw)
        return None

    def keys(self, raw: Mapping[str, Any], path: str, needed: Collection[str], allowed: Collection[str] = ()) -> bool:
        """Whether the needed keys are there and none but these and the allowed ones."""
        missing = [key for key in needed if key not in raw]
        unknown = [key for key in raw if key not in needed and key not in allowed]
        for key in missing:
            self.problem(path, "missing_key", key=key)
        for key in unknown:
            self.problem(f"{path}.{key}".lstrip("."), "unknown_key", key=key)
        return not missing

    def value(self, read: Callable[[Any, ZoneInfo], Thing], raw: object, path: str) -> Thing | None:
        """What `read` makes of a JSON value."""
        try:
            return read(raw, self.timezone)
        except Misfit as e:
            self.problem(path, e.code, **e.details)
            return None

    def values(self, read: Callable[[Any, ZoneInfo], Thing], raw: object, path: str) -> tuple[Thing, ...] | None:
        """What `read` makes of each JSON value of a list, without repetitions."""
        found = [self.value(read, one, f"{path}[{n}]") for n, one in enumerate(self.sequence(raw, path) or ())]
        return tuple(dict.fromkeys(one for one in found if one is not None)) or None

    def whole(self, raw: object, path: str, first: int, last: int) -> int | None:
        """A whole number within limits."""
        if isinstance(raw, int) and not isinstance(raw, bool) and first <= raw <= last:
            return raw
        self.problem(path, "not_a_count", first=first, last=last)
        return None

    def choice(self, raw: object, path: str, choices: Collection[str]) -> str | None:
        """One of some words."""
        if isinstance(raw, str) and raw in choices:
            return raw
        self.problem(path, "unknown_choice", found=raw, choices=sorted(choices))
        return None

    def name(self, raw: object, path: str, names: Mapping[str, Thing], kind: str) -> Thing | None:
        """What a name stands for."""
        if not isinstance(raw, str):
            self.problem(path, "not_text")
        elif raw not in names:
            near = get_close_matches(raw, names, n=1) if len(raw) <= LONGEST_GUESSED else []
            self.problem(path, "unknown_name", kind=kind, name=raw, hint="".join(near))
        else:
            return names[raw]
        return None

    @contextmanager
    def deeper(self, path: str) -> Any:
        """Inside a group; says whether it may be entered."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.problem(path, "too_deep", limit=DEEPEST)
        yield self.depth <= DEEPEST
        self.depth -= 1
