"""What a version of a tag means at a moment: used by its runs, and by reviewers who ask what it would change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pyroaring import BitMap

from customers import profiling
from segmentation.rules.origins import reference
from segmentation.rules.vocabulary import Reference
from segmentation.tags.facts import Facts
from segmentation.tags.given import Given, given_at, laid_over, listed_at
from segmentation.tags.kinds.base import Context, Outcome
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag
from segmentation.tags.problems import DefinitionError
from segmentation.tags.values import current_members, is_retired, known_values, members_before, result_before


@dataclass(frozen=True)
class Question:
    """One tag asked about one moment. `begun` is what the run before said of itself, for kinds that go on from it."""

    tag: Tag
    definition: Mapping[str, Any]
    facts: Facts
    seed: int = 0
    begun: Mapping[str, Any] = field(default_factory=dict)
    # Of an earlier date than the newest: everything goes on from what was known then.
    past: bool = False
    progress: Callable[[str, int, int], None] = lambda phase, done, total: None


def computed(question: Question) -> Outcome:
    """The values and their customers, who refused to be profiled left out where the kind does that.

    Raises DefinitionError when it speaks of what is not there any more.
    """
    tag, kind = question.tag, kind_of(question.tag.kind)
    if kind.profiles and (refusing := profiling.refusing()):
        question = replace(question, facts=question.facts.without(BitMap(refusing)))
    facts = question.facts
    if problems := kind.problems(question.definition, facts.catalog):
        raise DefinitionError(problems)
    given = given_at(tag, facts.as_of) if tag.pk else {}
    outcome = kind.compute(kind.read(question.definition), _context(question, given))
    outcome = outcome.exclusive() if tag.exclusive else outcome
    if given:
        outcome = laid_over(outcome, given, everybody=facts.everybody, exclusive=tag.exclusive)
    if tag.when_empty == Tag.WhenEmpty.KEEP:
        outcome = _kept(outcome, members_before(tag, facts.as_of), facts.everybody, given.get("", BitMap()))
    return outcome


def _context(question: Question, given: Given) -> Context:
    tag, facts, kind = question.tag, question.facts, kind_of(question.tag.kind)
    # A tag on trial is not saved and knows no values yet.
    known = known_values(tag) if tag.pk else {}
    alive = [key for key, value in known.items() if not is_retired(value.detail)]
    goes_on = kind.goes_on
    return Context(
        as_of=facts.as_of,
        seed=question.seed,
        everybody=facts.everybody,
        answer=facts.answer,
        features=facts.features,
        items=facts.items,
        ends=facts.ends,
        periods=facts.periods,
        tagged=facts.tagged,
        tagged_from=facts.tagged_from,
        timezone=facts.catalog.timezone,
        given=given,
        listed=listed_at(tag, facts.as_of) if tag.kind == "imported" else {},
        histories=lambda: facts.histories,
        known=known,
        current=members_before(tag, facts.as_of) if goes_on or question.past else current_members(tag, alive),
        previous=result_before(tag, facts.as_of) if goes_on else question.begun,
        progress=question.progress,
    )


def _kept(outcome: Outcome, before: Mapping[str, BitMap], everybody: BitMap, without: BitMap) -> Outcome:
    """Whoever had a value and got none has the last one still, unless a person took it away."""
    missing = everybody - outcome.covered - without
    kept = {value.key: before.get(value.key, BitMap()) & missing for value in outcome.values}
    members = {key: having | kept[key] for key, having in outcome.members.items()}
    number = len(BitMap.union(BitMap(), *kept.values()))
    details = {**outcome.details, "kept_values": number}
    return replace(outcome, members=members, details=details, origins={**outcome.origins, "kept": kept})


def by_reference(tag: Tag, outcome: Outcome) -> dict[Reference, BitMap]:
    """The customers of the values, by the names that rules use, with and without an origin."""
    usual = kind_of(tag.kind).origin
    found = {reference(tag.key, value.key): outcome.members[value.key] for value in outcome.values}
    found |= {reference(tag.key, value.key, usual): outcome.members[value.key] for value in outcome.values}
    for (origin, value), having in outcome.aside(usual).items():
        found[reference(tag.key, value, origin)] = having
        found[reference(tag.key, value, usual)] = found[reference(tag.key, value, usual)] - having
    return found
