"""Why a rule means a customer or not, from the newest state of the lake: for the API, pages and the command line."""

from collections import ChainMap
from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Property, Trait
from customers.models.catalogue import FieldClass
from customers.privacy import masking
from segmentation.engines.person import person_of
from segmentation.errors import SegmentationError
from segmentation.lake.tables import Source
from segmentation.lake.versions import current_source
from segmentation.rules.describe import Words, describe
from segmentation.rules.evidence import Evidence
from segmentation.rules.explain import Explanation, Verdict, explain
from segmentation.rules.nodes import Base, BehaviourLeaf, FieldLeaf, Leaf, Rule, leaves
from segmentation.rules.parse import parse, predicate
from segmentation.rules.predicates.top import TopLeaf
from segmentation.rules.vocabulary import Reference
from segmentation.rules.windows import ANNIVERSARY, Bounds
from segmentation.sets.answers import CurrentSets, Document, engine
from segmentation.sets.catalog import rule_catalog

# Events of a condition that are named one by one.
MOST_NAMED = 20
Told = dict[str, Any]


def explained(document: Document | Rule, customer_id: int, *, as_of: datetime, language: str) -> Told:
    """The explanation as plain data: verdict, the rule in words, and each condition with what decided it."""
    catalog = rule_catalog()
    rule = document if isinstance(document, Rule) else parse(document, catalog)
    source = current_source()
    person = person_of(customer_id, as_of=as_of, query=lambda query: engine().query(query, source))
    if person is None:
        raise SegmentationError(_("The lake does not know this customer yet."), code="unknown_customer")
    memberships = ChainMap(ranked(rule, as_of=as_of, source=source), CurrentSets())  # type: ignore[arg-type]
    found = explain(rule, person, as_of=as_of, memberships=memberships)
    words = describe(rule, catalog, language, as_of)
    texts = _texts(words.rule)
    masked = masked_fields()
    return {
        "member": found.member,
        "in_base": found.in_base,
        "as_of": as_of,
        "timezone": rule.timezone,
        "base": words.base,
        "conditions": [_condition(one, texts, masked, found) for one in found.verdicts],
        "nodes": found.nodes,
        "nearest": list(found.nearest),
    }


def ranked(rule: Rule, *, as_of: datetime, source: Source) -> dict[Reference, Any]:
    """Who is in by rank, which takes all customers: asked of the engine, for each condition that ranks."""
    top: Any = predicate("top")
    found = {}
    for leaf in leaves(rule).values():
        if isinstance(leaf, TopLeaf):
            alone = Rule(Base(), rule.timezone, leaf)
            found[top.reference(leaf)] = engine().members(alone, as_of=as_of, source=source, references={})
    return found


def masked_fields() -> set[tuple[str, str]]:
    """Personal traits and properties, by kind and name."""
    traits = Trait.objects.filter(field_class=FieldClass.PERSONAL).values_list("name", flat=True)
    properties = Property.objects.filter(field_class=FieldClass.PERSONAL).values_list("name", flat=True)
    return {("trait", name) for name in traits} | {("property", name) for name in properties}


def is_personal(asked: Mapping[str, str]) -> bool:
    """Whether a field, named as {"trait": …} or {"event": …, "property": …}, may not be shown in full."""
    return any((kind, name) in masked_fields() for kind, name in asked.items())


def _condition(verdict: Verdict, texts: Mapping[str, str], masked: set[tuple[str, str]], found: Explanation) -> Told:
    evidence = verdict.evidence
    hidden = _is_masked(verdict.leaf, masked)
    shown = plain(evidence.value)
    return {
        "path": verdict.path,
        "kind": verdict.leaf.predicate,
        "words": texts[verdict.path],
        "holds": verdict.holds,
        "value": masking.mask_text(str(shown)) if hidden and shown is not None else shown,
        "short_by": None if hidden else verdict.short_by,
        "missing": verdict.missing,
        # A customer's own window tells the day that it lies around.
        "bounds": [] if hidden else [_bounds(one) for one in evidence.bounds],
        "counted": len(evidence.rows),
        "events": _events(evidence),
        "decides": verdict.path in found.nearest,
    }


def _is_masked(leaf: Leaf, masked: set[tuple[str, str]]) -> bool:
    if isinstance(leaf, FieldLeaf):
        return (leaf.predicate, leaf.field.name) in masked
    if not isinstance(leaf, BehaviourLeaf):
        return False
    own = leaf.window.kind == ANNIVERSARY and ("trait", leaf.window.value.field.name) in masked
    field = leaf.measure.field
    return own or (field is not None and ("property", field.name) in masked)


def _bounds(bounds: Bounds) -> Told:
    return {
        "start": bounds.start and bounds.start.isoformat(),
        "start_counts": bounds.start_counts,
        "end": bounds.end and bounds.end.isoformat(),
        "end_counts": bounds.end_counts,
    }


def _events(evidence: Evidence) -> list[Told]:
    newest = evidence.rows[-MOST_NAMED:]
    return [{"id": row.event_id, "event": row.event, "time": row.time.astimezone(UTC).isoformat()} for row in newest]


def _texts(words: Words) -> dict[str, str]:
    found = {words.path: words.text}
    for part in words.parts:
        found |= _texts(part)
    return found


def plain(value: Any) -> Any:
    """A value as JSON has it; shares and averages rounded to the millionth."""
    if isinstance(value, Fraction):
        value = round(float(value), 6)
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
