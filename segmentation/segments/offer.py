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
from segmentation.rules.operators.base import Operator
from segmentation.rules.origins import ORIGINS
from segmentation.rules.periods import KINDS as RUNS
from segmentation.rules.phrases import phrase
from segmentation.rules.populations import KEYS, MARKETING
from segmentation.rules.predicates.share import MEASURES as SHARED_MEASURES
from segmentation.rules.predicates.tag import OPERATORS as TAG_OPERATORS
from segmentation.rules.windows import ANNIVERSARY, KINDS, PERIODS
from segmentation.segments.synonyms import PATTERNS, Pattern, also

Offer = dict[str, Any]
# Stands in a phrase where something has to be chosen.
GAP = "…"
# Every measure, those that are meant most often first.
MEASURES = (
    "count", "sum", "average", "maximum", "minimum", "distinct", "active_days", "events",
    "days_since", "last_time", "first_time", "last_value", "first_value",
)  # fmt: skip
CALENDAR = {"en": "in a calendar week, month, quarter or year", "zh": "自然周、月、季或年"}


def offer(catalog: Catalog, purposes: Iterable[str], language: str) -> Offer:
    """Everything that a builder shows, as plain data; `purposes` are what consent is asked for."""
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
        "purposes": [{"key": key, "label": _purpose(key, tongue)} for key in purposes],
        **language_offer(tongue),
    }


def language_offer(tongue: str) -> Offer:
    """The part that is the same for every shop."""
    by_type = {type: sorted(map(operator, operators_for(type)), key=_place) for type in TYPES}
    keys = {type: [op.key for op in operators] for type, operators in by_type.items()}
    return {
        "populations": [_population(key, needs, tongue) for key, needs in KEYS.items()],
        "operators": {op.key: _operator(op, tongue) for operators in by_type.values() for op in operators},
        "operators_by_type": {**keys, "tag": [key for key in keys[TEXT] if key in TAG_OPERATORS]},
        "measures": [_measure(measure(key), tongue) for key in MEASURES],
        "shared_measures": list(SHARED_MEASURES),
        "patterns": [_pattern(key, pattern, tongue) for key, pattern in PATTERNS.items()],
        "windows": [_window(kind, tongue) for kind in KINDS],
        "runs": [{"key": kind, "label": phrase(f"periods_{kind}", tongue, count=GAP)} for kind in RUNS],
        "occasions": [_window(kind, tongue) for kind in ("next_days", "past_days", "calendar")],
        "periods": [{"key": key, "label": phrase(f"window_{key}", tongue)} for key in PERIODS],
    }


def _fields(fields: Mapping[str, Field], tongue: str) -> list[Offer]:
    return [{**_named(f.name, f.labels, tongue), "type": f.type, "known": list(f.known)} for f in fields.values()]


def _unit(feature: str) -> str:
    """The unit in the active language; empty for a number without, and for texts."""
    unit = all_features()[feature].unit if feature in all_features() else ""
    return settings.CURRENCY if unit == CURRENCY else str(WORDS.get(unit, ""))


def _purpose(key: str, tongue: str) -> str:
    return phrase("marketing", tongue) if key == MARKETING else key


def _event(event: Event, tongue: str) -> Offer:
    return {
        **_named(event.name, event.labels, tongue),
        "properties": _fields(event.properties, tongue),
        "item_properties": _fields(event.item_properties, tongue),
    }


def _named(name: str, labels: Labels, tongue: str) -> Offer:
    return {"name": name, "label": labels.text(tongue, name), "also": also(name, labels)}


def _pattern(key: str, pattern: Pattern, tongue: str) -> Offer:
    label = pattern.labels.text(tongue, key)
    return {"key": key, "how": pattern.how, "label": label, "also": pattern.also, "value": pattern.value}


def _tag(tag: Group, tongue: str) -> Offer:
    values = [_choice(key, labels, tongue) for key, labels in tag.values.items()]
    origins = [_choice(one, ORIGINS[one], tongue) for one in tag.origins]
    return {**_choice(tag.key, tag.labels, tongue), "values": values, "origins": origins}


def _choice(key: str, labels: Labels, tongue: str) -> Offer:
    return {"key": key, "label": labels.text(tongue, key)}


def _place(op: Operator) -> tuple[bool, bool, bool, str]:
    """Equality first, negations after, questions about the value itself last."""
    return _operand(op) == "nothing", op.negative, op.key != "is", op.key


def _operator(op: Operator, tongue: str) -> Offer:
    label = op.words[tongue].format(value=GAP)
    if _operand(op) not in {"span", "occasion"}:  # a window begins with its own words: "is … in the past 3 days"
        label = label.rstrip(f" {GAP}")
    return {"key": op.key, "label": label, "operand": _operand(op), "negative": op.negative, "folds": op.folds}


def _operand(op: Operator) -> str:
    """The shape of what stands to the right: nothing, one, several, pair, pattern, day, span."""
    return type(op.operand).__name__.lower()


def _measure(measure: Measure, tongue: str) -> Offer:
    label = measure.words[tongue].format(event=GAP, property=GAP)
    results = {measure.result(of) for of in measure.types or [""]}
    return {
        "key": measure.key,
        "label": label,
        "types": sorted(measure.types),
        # The type of what it comes to; empty: that of the property.
        "result": results.pop() if len(results) == 1 else "",
        "can_be_missing": measure.empty is None,
    }


def _population(key: str, needs: Iterable[str], tongue: str) -> Offer:
    label = phrase(f"base_{key}", tongue, days=GAP, channel=GAP, purpose=GAP)
    return {"key": key, "label": label, "needs": list(needs)}


def _window(kind: str, tongue: str) -> Offer:
    if kind == "calendar":
        return {"key": kind, "label": CALENDAR[tongue]}
    label = phrase(f"window_{kind}", tongue, value=GAP, first=GAP, last=GAP, start=GAP)
    return {"key": kind, "label": label, "of_customer": kind == ANNIVERSARY}
