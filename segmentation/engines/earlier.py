"""Answers to the same question at an earlier state of the lake, or an earlier moment: only some customers can differ.

Those are the customers with rows in files that are new, and those with rows in the time by which the window moved.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from pyroaring import BitMap, FrozenBitMap

from segmentation.engines.questions import Question

# Answers that are remembered, and moments of one question.
MOST_QUESTIONS = 4000
MOST_MOMENTS = 4
Edge = datetime | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was found for a question over these files."""

    question: Question
    paths: frozenset[str]
    found: FrozenBitMap

    def says_the_same(self, question: Question, paths: frozenset[str]) -> bool:
        return self.question == question and self.paths == paths

    def moved(self, question: Question) -> list[tuple[Edge, Edge]]:
        """The stretches of time that only one of the two windows holds."""
        edges = ((self.question.first, question.first), (self.question.stop, question.stop))
        return [(min(pair), max(pair)) for pair in edges if pair[0] != pair[1]]  # type: ignore[type-var]

    def distance(self, question: Question) -> timedelta:
        return sum((stop - first for first, stop in self.moved(question) if first and stop), timedelta())


class Answers:
    """The latest answers of each question, whatever its window."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, list[Earlier]] = OrderedDict()
        self._lock = Lock()

    def closest(self, question: Question, paths: frozenset[str]) -> Earlier | None:
        """The answer that differs least, over these files or some of them; None if there is none to go on from."""
        with self._lock:
            known = list(self._answers.get(_timeless(question), ()))
        fitting = [one for one in known if one.paths <= paths]
        return min(fitting, key=lambda one: (one.distance(question), len(paths - one.paths)), default=None)

    def keep(self, question: Question, paths: frozenset[str], found: BitMap) -> None:
        earlier = Earlier(question, paths, FrozenBitMap(found))
        with self._lock:
            known = self._answers.pop(_timeless(question), [])
            self._answers[_timeless(question)] = [earlier, *known][:MOST_MOMENTS]
            while len(self._answers) > MOST_QUESTIONS:
                self._answers.popitem(last=False)


def _timeless(question: Question) -> Hashable:
    """The question without its window, but for which ends of it are open."""
    return replace(question, first=None, stop=None), question.first is None, question.stop is None
