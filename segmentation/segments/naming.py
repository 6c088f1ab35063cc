"""Names for clusters, in Chinese and English, from what distinguishes each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.segments.algorithms.base import Matrix

# Only what lies this many standard deviations from everybody is worth a word.
WORTH_A_WORD = 0.35
WORDS_IN_A_NAME = 2
AVERAGE = ("中间客群", "Middle of the road")


@dataclass(frozen=True)
class Words:
    """How to say that a feature is high, and low, as (Chinese, English). A name takes one word from each theme."""

    high: tuple[str, str]
    low: tuple[str, str]
    theme: str


def names(away: Matrix, words: Sequence[Words]) -> list[tuple[str, str]]:
    """A pair of names for each row of `away` (standard deviations from everybody, one column for each of `words`).

    Names are different from each other: where two words do not tell two clusters apart, more are added.

    >>> spend = Words(("高消费", "High spend"), ("低消费", "Low spend"), "value")
    >>> names(np.array([[1.2], [-0.9], [0.1]]), [spend])
    [('高消费', 'High spend'), ('低消费', 'Low spend'), ('中间客群', 'Middle of the road')]
    """
    said = [_strongest(row, words) for row in away]
    lengths = [WORDS_IN_A_NAME] * len(said)
    for _ in range(away.shape[1]):
        for clash in _clashes([tuple(s[:n]) for s, n in zip(said, lengths, strict=True)]):
            for row in clash:
                lengths[row] += 1
    return _numbered([_joined(s[:n]) for s, n in zip(said, lengths, strict=True)])


def _strongest(row: np.ndarray, words: Sequence[Words]) -> list[tuple[str, str]]:
    """What to say of one cluster, the strongest first; second words of a theme come after all first ones."""
    order = [int(i) for i in np.argsort(-np.abs(row), kind="stable") if abs(row[i]) >= WORTH_A_WORD]
    first: dict[str, int] = {}
    for i in order:
        first.setdefault(words[i].theme, i)
    leaders = list(first.values())
    return [words[i].high if row[i] > 0 else words[i].low for i in [*leaders, *(i for i in order if i not in leaders)]]


def _clashes(said: Sequence[tuple[tuple[str, str], ...]]) -> list[list[int]]:
    rows: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for row, what in enumerate(said):
        rows.setdefault(what, []).append(row)
    return [same for same in rows.values() if len(same) > 1]


def _joined(said: Sequence[tuple[str, str]]) -> tuple[str, str]:
    if not said:
        return AVERAGE
    english = ", ".join(en for _, en in said)
    return "·".join(zh for zh, _ in said), english[0].upper() + english[1:].lower()


def _numbered(proposed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names that are still the same get a number."""
    seen: dict[tuple[str, str], int] = {}
    different = []
    for zh, en in proposed:
        seen[zh, en] = turn = seen.get((zh, en), 0) + 1
        different.append((zh, en) if turn == 1 else (f"{zh} {turn}", f"{en} {turn}"))
    return different
