"""Rules in words, in English and Chinese, with every window's bounds resolved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from segmentation.rules import comparison, properties
from segmentation.rules.behaviour import measure, result_type
from segmentation.rules.catalog import Catalog, Event, Field, Group, Labels
from segmentation.rules.days import Moment
from segmentation.rules.nodes import All, AnyOf, Base, BehaviourLeaf, Comparison, Leaf, Measured, Node, Not, Rule, Value
from segmentation.rules.origins import ORIGINS
from segmentation.rules.parse import predicate
from segmentation.rules.phrases import PHRASES, phrase
from segmentation.rules.windows import ANNIVERSARY, Bounds, Window, resolve

# Values of a list that are told one by one; the rest is counted.
MOST_TOLD = 8
LONGEST_TOLD = 60


@dataclass(frozen=True, slots=True)
class Words:
    """A node in words; of a group, `text` is the whole in brackets and `parts` its parts."""

    path: str
    # "all", "any", "not" or "leaf".
    kind: str
    text: str
    parts: tuple["Words", ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A rule in words: whom it is asked of, its tree, and the whole in one sentence."""

    base: str
    rule: Words
    timezone: str
    sentence: str


def describe(rule: Rule, catalog: Catalog, language: str, as_of: datetime) -> Description:
    """The rule told in Chinese ("zh…") or English, as it would be asked at `as_of`."""
    telling = Telling(catalog, language, Moment(as_of, ZoneInfo(rule.timezone)))
    base = telling.base(rule.base)
    words = _words(rule.root, "rule", telling)
    text = _unbracketed(rule.root, words.text)
    sentence = telling.phrase("whole", base=base, rule=text, timezone=rule.timezone)
    return Description(base, words, rule.timezone, sentence)


def _words(node: Node, path: str, telling: "Telling") -> Words:
    if isinstance(node, Not):
        part = _words(node.part, f"{path}.not", telling)
        return Words(path, "not", telling.negated(part.text), (part,))
    if isinstance(node, All | AnyOf):
        kind = "all" if isinstance(node, All) else "any"
        parts = tuple(_words(part, f"{path}.{kind}[{n}]", telling) for n, part in enumerate(node.parts))
        join = telling.every if kind == "all" else telling.some
        return Words(path, kind, join([part.text for part in parts]), parts)
    if not isinstance(node, Leaf):
        raise TypeError(f"{node} is no part of a rule's tree")
    return Words(path, "leaf", predicate(node.predicate).words(node, telling))


class Telling:
    """One telling of one rule: in whose words, at what moment."""

    def __init__(self, catalog: Catalog, language: str, moment: Moment) -> None:
        self.catalog = catalog
        self.tongue = "zh" if language.startswith("zh") else "en"
        self.moment = moment

    def phrase(self, key: str, **details: object) -> str:
        return phrase(key, self.tongue, **details)

    # --- Logic ---

    def sentence(self, subject: str, judged: str) -> str:
        return self.phrase("sentence", subject=subject, judged=judged)

    def every(self, parts: Sequence[str]) -> str:
        return self._group("every", parts)

    def some(self, parts: Sequence[str]) -> str:
        return self._group("some", parts)

    def _group(self, word: str, parts: Sequence[str]) -> str:
        return parts[0] if len(parts) == 1 else self.phrase("group", text=self.phrase(word).join(parts))

    def negated(self, part: str) -> str:
        bracketed = part if part.startswith(("(", "（")) else self.phrase("group", text=part)
        return self.phrase("negated", text=bracketed)

    def aside(self, texts: Sequence[str]) -> str:
        return self.phrase("aside", text=self.phrase("listed").join(texts)) if texts else ""

    # --- Names ---

    def name(self, labels: Labels, key: str) -> str:
        return self.phrase("quoted", text=_short(labels.text(self.tongue, key)))

    def field(self, field: Field) -> str:
        return self.name(field.labels, field.name)

    def tag(self, tag: Group, origins: Sequence[str] = ()) -> str:
        named = self.name(tag.labels, tag.key)
        if not origins:
            return self.phrase("tag", name=named)
        told = self.phrase("or").join(ORIGINS[one].text(self.tongue, one) for one in origins)
        return self.phrase("tag_from", name=named, origins=told)

    def member(self, kind: str, group: Group) -> str:
        return self.phrase(f"member_{kind}", name=self.name(group.labels, group.key))

    def with_labels(self, judged: Comparison, tag: Group) -> Comparison:
        """The comparison with the names of the tag's values for their keys."""

        def label(key: str) -> str:
            return tag.values.get(key, Labels()).text(self.tongue, key)

        if isinstance(judged.operand, tuple):
            return replace(judged, operand=tuple(map(label, judged.operand)))
        return judged if judged.operand is None else replace(judged, operand=label(judged.operand))

    # --- Values ---

    def value(self, value: Value) -> str:
        if isinstance(value, bool):
            return self.phrase("true" if value else "false")
        if isinstance(value, float):
            return f"{value:,.6f}".rstrip("0").rstrip(".")
        if isinstance(value, datetime):
            return self.instant(value)
        if isinstance(value, date):
            return value.isoformat()
        return self.phrase("quoted", text=_short(str(value)))

    def instant(self, instant: datetime) -> str:
        local = instant.astimezone(self.moment.timezone)
        text = local.strftime("%Y-%m-%d %H:%M")
        return text + local.strftime(":%S") if local.second or local.microsecond else text

    def one_of(self, values: Sequence[Value]) -> str:
        told = self.phrase("listed").join(self.value(value) for value in values[:MOST_TOLD])
        if len(values) <= MOST_TOLD:
            return told
        return self.phrase("more_values", values=told, count=len(values) - MOST_TOLD, total=len(values))

    def range(self, low: Value, high: Value) -> str:
        return self.phrase("range", low=self.value(low), high=self.value(high))

    def relative_day(self, days_ago: int, day: str) -> str:
        return self.phrase("days_ago" if days_ago >= 0 else "days_ahead", days=abs(days_ago), day=day)

    # --- Time ---

    def window(self, window: Window, *, future: bool = False) -> str:
        """The window by its kind, with the instants it comes to; those of a customer's own nobody knows yet."""
        if window.kind == ANNIVERSARY:
            return self._window_kind(window)
        bounds = resolve(window, self.moment.as_of, self.moment.timezone, future=future)
        start, end = self._ends(bounds)
        return self.phrase("bounds", window=self._window_kind(window), start=start, end=end)

    def bounds(self, bounds: Bounds) -> str:
        """Two instants."""
        start, end = self._ends(bounds)
        return self.phrase("bracketed", start=start, end=end)

    def _ends(self, bounds: Bounds) -> tuple[str, str]:
        start = self.phrase("beginning") if bounds.start is None else self.instant(bounds.start)
        return start, self.phrase("end") if bounds.end is None else self.instant(bounds.end)

    def _window_kind(self, window: Window) -> str:
        if window.kind == "calendar":
            return self.phrase(f"window_{window.value}")
        if window.kind == "days_ago":
            return self.phrase("window_days_ago", first=window.value[0], last=window.value[1])
        if window.kind == ANNIVERSARY:
            around = window.value
            return self.phrase("window_own", field=self.field(around.field), before=around.before, after=around.after)
        if window.kind == "since":
            return self.phrase("window_since", start=self.instant(window.value))
        return self.phrase(f"window_{window.kind}", value=window.value)

    # --- Behaviour and bases ---

    def occurrence(self, kind: str, name: str, where: Node | None) -> str:
        """Events, or items in them, that fit."""
        event = self.catalog.events.get(name, Event(name))
        named = self.phrase(f"occurrence_{kind}", event=self.name(event.labels, event.name))
        if where is None:
            return named
        return self.phrase("with", event=named, where=_unbracketed(where, properties.words(where, self)))

    def measured(self, measured: Measured, kind: str, named: str) -> str:
        """A measure of what is named."""
        words = measure(measured.kind).words[self.tongue]
        if (own := f"{kind}_{measured.kind}") in PHRASES:
            words = PHRASES[own][self.tongue == "zh"]
        return words.format(event=named, property=self.field(measured.field) if measured.field else "")

    def behaviour(self, leaf: BehaviourLeaf) -> str:
        """A condition on behaviour."""
        named = self.occurrence(leaf.predicate, leaf.event, leaf.where)
        window = self.window(leaf.window)
        if leaf.measure.kind == "count" and (did := _did(leaf.comparison)):
            return self.phrase(did, event=named, window=window)
        number = self.measured(leaf.measure, leaf.predicate, named)
        judged = comparison.words(leaf.comparison, result_type(leaf.measure), self)
        return self.phrase("measured", measure=number, judged=judged, window=window)

    def base(self, base: Base) -> str:
        channel = self.catalog.channels.get(base.channel, Labels()).text(self.tongue, base.channel)
        purpose = self.phrase("marketing") if base.purpose == "marketing" else base.purpose
        return self.phrase(f"base_{base.population}", days=base.days, channel=channel, purpose=purpose)


def _did(judged: Comparison) -> str:
    """Whether a count says just "did" or "did not"."""
    if judged.op == "at_least" and judged.operand == 1:
        return "did"
    return "did_not" if judged.op == "is" and judged.operand == 0 else ""


def _unbracketed(node: Node, text: str) -> str:
    """The text of a group without its brackets."""
    return text[1:-1] if isinstance(node, All | AnyOf) and len(node.parts) > 1 else text


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TOLD else text[:LONGEST_TOLD] + "…"
