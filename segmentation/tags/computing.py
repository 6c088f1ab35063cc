"""What a version of a tag means at a moment: used by its runs, and by reviewers who ask what it would change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyroaring import BitMap

from segmentation.rules.vocabulary import Reference
from segmentation.tags.facts import Facts
from segmentation.tags.kinds.base import Context, Outcome
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag
from segmentation.tags.problems import DefinitionError
from segmentation.tags.values import current_members, is_retired, known_values


@dataclass(frozen=True)
class Question:
    """One tag asked about one moment. `begun` is what the run before said of itself, for kinds that go on from it."""

    tag: Tag
    definition: Mapping[str, Any]
    facts: Facts
    seed: int = 0
    begun: Mapping[str, Any] = field(default_factory=dict)
    progress: Callable[[str, int, int], None] = lambda phase, done, total: None


def computed(question: Question) -> Outcome:
    """The values and their customers. Raises DefinitionError when it speaks of what is not there any more."""
    tag, facts, kind = question.tag, question.facts, kind_of(question.tag.kind)
    if problems := kind.problems(question.definition, facts.catalog):
        raise DefinitionError(problems)
    known = known_values(tag)
    alive = [key for key, value in known.items() if not is_retired(value.detail)]
    context = Context(
        as_of=facts.as_of,
        seed=question.seed,
        everybody=facts.everybody,
        answer=facts.answer,
        features=facts.features,
        items=facts.items,
        known=known,
        current=current_members(tag, alive),
        previous=question.begun,
        progress=question.progress,
    )
    outcome = kind.compute(kind.read(question.definition), context)
    return outcome.exclusive() if tag.exclusive else outcome


def by_reference(tag: Tag, outcome: Outcome) -> dict[Reference, BitMap]:
    """The customers of the values, by the names that rules use."""
    return {("tag", tag.key, value.key): outcome.members[value.key] for value in outcome.values}
