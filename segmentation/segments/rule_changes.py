"""What another rule would change: who enters, who leaves, what refers to the segment."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from pyroaring import BitMap

from segmentation import dependencies
from segmentation.dependencies import User
from segmentation.segments.models import Segment
from segmentation.sets import answers, store
from segmentation.sets.models import NamedSet
from segmentation.sets.sample import sample

SHOWN = 5


@dataclass(frozen=True)
class Change:
    """The customers of a segment before and after; samples are ids. `was_computed` is false before the first run."""

    entered: int
    left: int
    stays: int
    entered_sample: list[int]
    left_sample: list[int]
    used_by: list[User]
    was_computed: bool


def rule_change(segment: Segment, document: dict[str, Any] | None) -> Change | None:
    """The change that this rule would make now; None without a rule. Raises RuleError for one that cannot run."""
    if not document:
        return None
    after = answers.answer(document, as_of=timezone.now())
    before, computed = _current(segment)
    entered, left = after - before, before - after
    return Change(
        entered=len(entered),
        left=len(left),
        stays=after.intersection_cardinality(before),
        entered_sample=sample(entered, SHOWN),
        left_sample=sample(left, SHOWN),
        used_by=dependencies.users_of(("segment", segment.key)),
        was_computed=computed,
    )


def counted(document: dict[str, Any] | None) -> int | None:
    """How many customers a rule has now; None without one. Raises RuleError for one that cannot run."""
    return len(answers.answer(document, as_of=timezone.now())) if document else None


def _current(segment: Segment) -> tuple[BitMap, bool]:
    try:
        return store.current(NamedSet.Kind.SEGMENT, segment.key), True
    except store.NotComputed:
        return BitMap(), False
