"""What a rule can be built from, in one language: the names of the catalogue and the words of the rule language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from segmentation.profiles.catalog import all_features
from segmentation.profiles.features.base import CURRENCY
from segmentation.profiles.units import WORDS
from segmentation.rules.behaviour import measure
from segmentation.rules.catalog import TEXT, TYPES, Catalog, Event, Field, Group, Labels
from segmentation.rules.comparison import operator, operators_for
from segmentation.rules.measures.base import Measure
from segmentation.rules.measuring import numeric_measures
from segmentation.rules.operators.base import Operator
from segmentation.rules.phrases import phrase
from segmentation.rules.populations import KEYS
from segmentation.rules.predicates.tag import OPERATORS as TAG_OPERATORS
from segmentation.rules.windows import KINDS, PERIODS

Offer = dict[str, Any]
# Stands in a phrase where something has to be chosen.
GAP = "…"
CALENDAR = {"en": "in a calendar week, month, quarter or year", "zh": "自然周、月、季或年"}


def offer(catalog: Catalog, language: str) -> Offer:
    """Everything that a builder shows, as plain data."""
    tongue = "zh" if language.startswith("zh") else "en"
    return {
        "timezone": catalog.timezone,
        "traits": _fields(catalog.traits, tongue),
        "features": [{**field, "unit": _unit(field["name"])} for field in _fields(catalog.features, tongue)],
        "events": [_event(event, tongue) for event in catalog.events.values()],
        "tags": [_tag(tag, tongue) for tag in catalog.tags.values()],
        "segments": [_choice(key, segment.labels, tongue) for key, segment in catalog.segments.items()],
        "audiences": [_choice(key, audience.labels, tongue) for key, audience in catalog.audiences.items()],
        "channels": [_choice(key, labels, tongue) for key, labels in catalog.channels.items()],
        **language_offer(tongue),
    }


def language_offer(tongue: str) -> Offer:
    """The part that is the same for every shop."""
    by_type = {type: sorted(_operators(type), key=_place) for type in TYPES}
    keys = {type: [op.key for op in operators] for type, operators in by_type.items()}
    return {
        "populations": [_population(key, needs, tongue) for key, needs in KEYS.items()],
        "operators": {op.key: _operator(op, tongue) for operators in by_type.values() for op in operators},
        "operators_by_type": {**keys, "tag": [key for key in keys[TEXT] if key in TAG_OPERATORS]},
        "measures": [_measure(measure(key), tongue) for key in numeric_measures()],
        "windows": [_window(kind, tongue) for kind in KINDS],
        "periods": [{"key": key, "label": phrase(f"window_{key}", tongue)} for key in PERIODS],
    }


def _operators(type: str) -> list[Operator]:
    """Those that the builder has a field for; the others are written as JSON."""
    return [op for op in map(operator, operators_for(type)) if _operand(op) != "occasion"]


def _fields(fields: Mapping[str, Field], tongue: str) -> list[Offer]:
    return [
        {"name": f.name, "label": f.labels.text(tongue, f.name), "type": f.type, "known": list(f.known)}
        for f in fields.values()
    ]


def _unit(feature: str) -> str:
    """The unit in the active language; empty for a number without, and for texts."""
    unit = all_features()[feature].unit
    return settings.CURRENCY if unit == CURRENCY else str(WORDS.get(unit, ""))


def _event(event: Event, tongue: str) -> Offer:
    return {
        "name": event.name,
        "label": event.labels.text(tongue, event.name),
        "properties": _fields(event.properties, tongue),
        "item_properties": _fields(event.item_properties, tongue),
    }


def _tag(tag: Group, tongue: str) -> Offer:
    values = [_choice(key, labels, tongue) for key, labels in tag.values.items()]
    return {**_choice(tag.key, tag.labels, tongue), "values": values}


def _choice(key: str, labels: Labels, tongue: str) -> Offer:
    return {"key": key, "label": labels.text(tongue, key)}


def _place(op: Operator) -> tuple[bool, bool, bool, str]:
    """Equality first, negations after, questions about the value itself last."""
    return _operand(op) == "nothing", op.negative, op.key != "is", op.key


def _operator(op: Operator, tongue: str) -> Offer:
    label = op.words[tongue].format(value=GAP)
    if _operand(op) != "span":  # a window begins with its own words: "is … in the past 3 days"
        label = label.rstrip(f" {GAP}")
    return {"key": op.key, "label": label, "operand": _operand(op), "negative": op.negative, "folds": op.folds}


def _operand(op: Operator) -> str:
    """The shape of what stands to the right: nothing, one, several, pair, pattern, day, span."""
    return type(op.operand).__name__.lower()


def _measure(measure: Measure, tongue: str) -> Offer:
    label = measure.words[tongue].format(event=GAP, property=GAP)
    can_be_missing = measure.empty is None
    return {"key": measure.key, "label": label, "types": sorted(measure.types), "can_be_missing": can_be_missing}


def _population(key: str, needs: Iterable[str], tongue: str) -> Offer:
    label = phrase(f"base_{key}", tongue, days=GAP, channel=GAP, purpose=phrase("marketing", tongue))
    return {"key": key, "label": label, "needs": list(needs)}


def _window(kind: str, tongue: str) -> Offer:
    if kind == "calendar":
        return {"key": kind, "label": CALENDAR[tongue]}
    return {"key": kind, "label": phrase(f"window_{kind}", tongue, value=GAP, first=GAP, last=GAP, start=GAP)}
