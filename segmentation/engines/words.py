"""The vocabulary of rules as plain data: what a leaf asks, told apart from what was asked before by comparing it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from segmentation.engines.not_here import NotHere
from segmentation.rules.catalog import Field
from segmentation.rules.days import Moment
from segmentation.rules.nodes import Value
from segmentation.rules.windows import Bounds

# Words of which is remembered what they speak of.
MOST_WORDS = 10_000
# The columns behind words that name none.
COLUMNS = {"event_id": "event_id", "local_day": "time"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the vocabulary with what it is said of: `Word("at_least", (Word("count"), 3.0))`."""

    word: str
    parts: tuple[Any, ...] = ()
    # Worked out once: what is known of a word is looked up by it again and again.
    hashed: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hashed", hash((self.word, self.parts)))

    def __hash__(self) -> int:
        return self.hashed

    def all(self) -> Iterator["Word"]:
        """It, and all that it is said of."""
        yield self
        yield from _words(self.parts)


@lru_cache(maxsize=MOST_WORDS)
def columns_of(word: Word) -> frozenset[str]:
    """The columns that it speaks of."""
    named = {str(one.parts[0]) for one in word.all() if one.word == "column"}
    return frozenset(named | {COLUMNS[one.word] for one in word.all() if one.word in COLUMNS})


def _words(parts: tuple[Any, ...]) -> Iterator[Word]:
    for part in parts:
        if isinstance(part, Word):
            yield from part.all()
        elif isinstance(part, tuple):
            yield from _words(part)


class Words:
    """Says any word of `rules.vocabulary`, also those to come; whoever reads it may not know them all."""

    def column(self, field: Field) -> Word:
        return Word("column", (field.column,))

    def literal(self, value: Value, type: str) -> Word:
        return Word("literal", (value, type))

    def local_day(self, bounds: Bounds, moment: Moment) -> Word:
        """The same for every moment of a window: only the zone's offsets count."""
        return Word("local_day", (moment.timezone,))

    def on(self, table: str) -> "Words":
        return self

    def passes(self, value: Word, test: Callable[[Any], bool]) -> Word:
        raise NotHere  # two functions cannot be compared

    def within_own(self, field: Field, bounds: Callable[[Any], Bounds | None]) -> Word:
        raise NotHere  # rows of events do not know the customer's traits

    def __getattr__(self, word: str) -> Any:
        def said(*parts: Any) -> Word:
            return Word(word, tuple(_frozen(part) for part in parts))

        return said


def _frozen(part: Any) -> Any:
    return tuple(part) if isinstance(part, Sequence) and not isinstance(part, str) else part
