"""What a rule can speak of: fields with types, events, tags, segments. Handed in; the language knows none itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NUMBER, TEXT, BOOLEAN, DATETIME, DATE, TEXT_LIST = "number", "text", "boolean", "datetime", "date", "text_list"
TYPES = (NUMBER, TEXT, BOOLEAN, DATETIME, DATE, TEXT_LIST)


@dataclass(frozen=True, slots=True)
class Labels:
    """Names for people."""

    zh: str = ""
    en: str = ""

    def text(self, language: str, otherwise: str) -> str:
        """The name in a language ("zh…" or another), else the other one, else `otherwise`."""
        first, second = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return first or second or otherwise


@dataclass(frozen=True, slots=True)
class Field:
    """A named, typed value: trait, feature, or property of an event or item. `column` is its name in the lake."""

    name: str
    type: str
    column: str
    labels: Labels = Labels()
    # Some values it is known to have, as suggestions.
    known: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event, with the properties of the event itself and of the items in it."""

    name: str
    labels: Labels = Labels()
    properties: Mapping[str, Field] = field(default_factory=dict)
    item_properties: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """A named set or, with `values`, a family of them: segment, audience, tag."""

    key: str
    labels: Labels = Labels()
    # Of a tag: its values, in order, and where customers have them from.
    values: Mapping[str, Labels] = field(default_factory=dict)
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """All names there are, each by the key that rules use."""

    traits: Mapping[str, Field] = field(default_factory=dict)
    features: Mapping[str, Field] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    tags: Mapping[str, Group] = field(default_factory=dict)
    segments: Mapping[str, Group] = field(default_factory=dict)
    audiences: Mapping[str, Group] = field(default_factory=dict)
    # Channels that a base population can be contactable by.
    channels: Mapping[str, Labels] = field(default_factory=dict)
    # Used by rules that state none.
    timezone: str = "Asia/Shanghai"
