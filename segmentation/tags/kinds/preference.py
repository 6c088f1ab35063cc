"""What customers prefer: values learnt from the data, such as the categories they buy."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
from pyroaring import BitMap

from segmentation.rules.catalog import TEXT, Catalog, Labels
from segmentation.tags.kinds.base import (
    Asked,
    Context,
    FeatureColumn,
    Kind,
    Outcome,
    TagError,
    Value,
    feature_problems,
)
from segmentation.tags.names import ValueName, name_problems
from segmentation.tags.problems import Problem, problem
from segmentation.tags.wording import in_words


class Bought(msgspec.Struct, forbid_unknown_fields=True):
    """At least `times` items whose `property` is the value, in whole days before today."""

    event: str
    property: str
    times: Annotated[int, msgspec.Meta(ge=1)]
    past_days: Annotated[int, msgspec.Meta(ge=1)]

    def rule(self, text: str) -> dict[str, Any]:
        where = {"property": self.property, "op": "is", "value": text}
        return {
            "version": 1,
            "rule": {
                "items_of": self.event,
                "where": where,
                "measure": {"count": True},
                "op": "at_least",
                "value": self.times,
                "window": {"past_days": self.past_days},
            },
        }


class Definition(msgspec.Struct, forbid_unknown_fields=True):
    """The most frequent values of a feature become the tag's. With `bought`, whoever bought enough of one has it."""

    feature: str
    most: Annotated[int, msgspec.Meta(ge=1, le=50)] = 12
    # Rarer ones than this share of the customers are left out.
    rarest: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0
    bought: Bought | None = None
    # Whoever prefers something that is none of the values; not with `bought`.
    rest: ValueName | None = None
    # How to write values, where the data's own spelling will not do: {"DRUG GM": {"zh": "个护百货", "en": "Drugstore"}}
    spelling: dict[str, Labels] = {}


class Preference(Kind[Definition]):
    """The values that most customers prefer, one for each customer or, with `bought`, several."""

    labels = Labels("偏好", "Preference")
    description = Labels("从数据中学习取值，如偏好品类", "Values learnt from the data, such as favourite categories")
    shape = Definition
    always_exclusive = False

    def check(self, definition: Definition, catalog: Catalog) -> list[Problem]:
        found = feature_problems(catalog, {"feature": definition.feature}, TEXT)
        if definition.rest:
            found += name_problems([definition.rest], "rest")
        return found + (_bought_problems(definition.bought, catalog) if definition.bought else [])

    def features(self, definition: Definition) -> list[str]:
        return [] if definition.bought else [definition.feature]

    def values(self, definition: Definition) -> tuple[Value, ...]:
        return ()

    def compute(self, definition: Definition, context: Context) -> Outcome:
        frame = context.features([definition.feature])
        column = frame.columns[definition.feature]
        texts = _frequent(column, definition)
        if not texts:
            raise TagError(f"No customer has the feature {definition.feature}.", code="feature_missing")
        keys = _keys(texts, context.known)
        values = [_value(keys[text], text, definition.spelling) for text in texts]
        if definition.bought:
            members = _bought(definition.bought, dict(zip(keys.values(), texts, strict=True)), context)
            return Outcome(tuple(values), members)
        members = {keys[text]: frame.customers(column.values == text) for text in texts}
        if definition.rest:
            values.append(Value.named(definition.rest))
            placed = np.isin(column.values.astype(str), texts)
            members[definition.rest.key] = frame.customers(column.present & ~placed)
        return Outcome(tuple(values), members)

    def why(self, definition: Definition, value: Value, asked: Asked) -> Labels:
        if definition.bought:
            times, days = definition.bought.times, definition.bought.past_days
            return Labels(
                f"过去 {days} 天购买该类商品至少 {times} 件",
                f"Bought at least {times} of these in the past {days} days",
            )
        number, unit, labels = asked.features[definition.feature]
        has = in_words(number, unit)
        return Labels(f"{labels.zh}为 {has.zh}", f"{labels.en} is {has.en}")


def _bought_problems(bought: Bought, catalog: Catalog) -> list[Problem]:
    event = catalog.events.get(bought.event)
    if event is None:
        return [problem("bought.event", "unknown_event", name=bought.event)]
    if bought.property not in event.item_properties:
        return [problem("bought.property", "unknown_property", name=bought.property, event=bought.event)]
    return []


def _frequent(column: FeatureColumn, definition: Definition) -> list[str]:
    """The values that enough customers have, from the most frequent down."""
    texts, counts = np.unique(column.values[column.present].astype(str), return_counts=True)
    order = np.lexsort([texts, -counts])
    enough = definition.rarest * counts.sum()
    return [str(texts[i]) for i in order if counts[i] >= enough][: definition.most]


def _keys(texts: Sequence[str], known: Mapping[str, Value]) -> dict[str, str]:
    """A key for each text: the one it has had before, else one like it that is free."""
    had = {str(value.detail["text"]): key for key, value in known.items() if "text" in value.detail}
    keys: dict[str, str] = {}
    for text in texts:
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        free = slug and text.isascii() and slug not in {*known, *keys.values()}
        keys[text] = had.get(text) or (slug if free else f"{slug}-{digest}".strip("-"))
    return keys


def _value(key: str, text: str, spelling: Mapping[str, Labels]) -> Value:
    written = spelling.get(text, Labels())
    return Value(key, written.text("zh", text), written.text("en", text), detail={"text": text})


def _bought(bought: Bought, texts: Mapping[str, str], context: Context) -> dict[str, BitMap]:
    members = {}
    for place, (key, text) in enumerate(texts.items()):
        context.progress("rules", place, len(texts))
        members[key] = context.answer(bought.rule(text))
    return members
