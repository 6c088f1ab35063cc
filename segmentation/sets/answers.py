"""The doors to the rule language: check a rule, answer it, preview it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from pyroaring import BitMap

from segmentation import engines
from segmentation.engines.base import Engine, References, combine
from segmentation.lake.tables import Source
from segmentation.lake.versions import current_source
from segmentation.rules.catalog import Catalog
from segmentation.rules.describe import Description, describe
from segmentation.rules.nodes import Rule, leaves
from segmentation.rules.origins import split
from segmentation.rules.parse import parse
from segmentation.rules.vocabulary import Reference
from segmentation.sets import store
from segmentation.sets.breakdown import Part, breakdown_in
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.models import NamedSet
from segmentation.sets.origins import KINDS as ASIDE
from segmentation.sets.origins import of_origin
from segmentation.sets.sample import sample

# A rule as JSON, or read already.
Document = Mapping[str, Any]
SAMPLED = 20
LANGUAGES = ("zh", "en")
_KINDS = {
    "tag": NamedSet.Kind.TAG_VALUE.value,
    "segment": NamedSet.Kind.SEGMENT.value,
    "audience": NamedSet.Kind.AUDIENCE.value,
}


@dataclass(frozen=True)
class Preview:
    """What a rule would find: how many, of how many, how many each condition alone, a few, and the rule in words."""

    count: int
    base_count: int
    # By path of the condition, within the base population.
    funnel: dict[str, int]
    sample: list[int]
    # By language, "zh" and "en".
    words: dict[str, Description]
    # Of the tags asked for: each value's share, beside that of the base population.
    breakdown: list[Part]


class CurrentSets(Mapping[Reference, BitMap]):
    """The newest members of the sets that a rule names, read when they are asked for."""

    def __getitem__(self, name: Reference) -> BitMap:
        kind, key, value = name
        plain, origin = split(kind)
        if origin:
            return of_origin(key, value, origin, self._members)
        return self._members(_KINDS[plain], key, value)

    def _members(self, kind: str, key: str, value: str) -> BitMap:
        return store.current(kind, key, value)

    def __iter__(self) -> Iterator[Reference]:
        kinds = {ours: theirs for theirs, ours in _KINDS.items()}
        rows = NamedSet.objects.filter(kind__in=kinds, current__isnull=False).values_list("kind", "key", "value")
        return ((kinds[kind], key, value) for kind, key, value in rows)

    def __len__(self) -> int:
        return NamedSet.objects.filter(kind__in=_KINDS.values(), current__isnull=False).count()


class SetsAt(CurrentSets):
    """The members of the sets that a rule names as they were at a base date: a past date means the same again."""

    def __init__(self, as_of: datetime) -> None:
        self.as_of = as_of

    def _members(self, kind: str, key: str, value: str) -> BitMap:
        try:
            return store.at_date(kind, key, value, self.as_of)
        except store.NotComputed:
            # Nobody had the value from there yet.
            if kind in ASIDE:
                return BitMap()
            raise


def engine() -> Engine:
    """The engine that the settings name; the same one every time, so that its caches live."""
    columns = settings.ENGINE_COLUMNS * 1024 * 1024
    limits = engines.Limits(Path(settings.LAKE_DIR), settings.ENGINE_MEMORY, settings.ENGINE_THREADS, columns)
    return engines.load(settings.ENGINE, limits)


def check(document: Document) -> Rule:
    """The rule, if it can run on what there is now. Raises RuleError with every problem and its place."""
    return parse(document, rule_catalog())


def answer(
    document: Document | Rule, *, as_of: datetime, source: Source | None = None, references: References | None = None
) -> BitMap:
    """The customers that the rule means at `as_of`, by the newest lake and the newest sets, or those given."""
    rule = document if isinstance(document, Rule) else check(document)
    known = CurrentSets() if references is None else references
    return engine().members(rule, as_of=as_of, source=source or current_source(), references=known)


def preview(
    document: Document | Rule,
    *,
    as_of: datetime,
    tags: Collection[str] = (),
    go_on: Callable[[], None] = lambda: None,
) -> Preview:
    """Count, funnel, sample and breakdown by tags of a rule that need not be saved.

    `go_on` is called before each condition; it raises if nobody waits for the answer any more.
    """
    catalog = rule_catalog()
    rule = document if isinstance(document, Rule) else parse(document, catalog)
    source, runs_on = current_source(), engine()
    base = runs_on.population(rule.base, as_of=as_of, timezone=rule.timezone, source=source)
    leaf_sets = {}
    for path, leaf in leaves(rule).items():
        go_on()
        alone = runs_on.leaf_sets(replace(rule, root=leaf), as_of=as_of, source=source, references=CurrentSets())
        [leaf_sets[path]] = alone.values()
    members = combine(rule, leaf_sets, base)
    return Preview(
        count=len(members),
        base_count=len(base),
        funnel={path: len(found) for path, found in leaf_sets.items()},
        sample=sample(members, SAMPLED),
        words=_words(rule, catalog, as_of),
        breakdown=breakdown_in(members, base, tags) if tags else [],
    )


def _words(rule: Rule, catalog: Catalog, as_of: datetime) -> dict[str, Description]:
    return {language: describe(rule, catalog, language, as_of) for language in LANGUAGES}
