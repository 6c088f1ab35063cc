"""Rule documents drawn by hypothesis over the catalogue of `worlds`: every operator, measure, window and predicate."""

from datetime import datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from customers.plugins import load_all
from segmentation.rules.measures.base import Measure
from segmentation.rules.operators.base import Operator
from segmentation.rules.windows import PERIODS
from tests.segmentation.engines import worlds
from tests.segmentation.engines.shape_documents import shapes

OPERATORS = load_all("segmentation.rules.operators", Operator)
MEASURES = load_all("segmentation.rules.measures", Measure)
Document = dict[str, Any]


def one_of(*choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of the choices, each as likely; hypothesis' own would weigh each by the choices inside it."""
    return st.sampled_from(choices).flatmap(lambda choice: choice)


@cache
def documents(as_of: datetime, zone: str) -> st.SearchStrategy[Document]:
    """A rule that the parser accepts."""
    tree = st.recursive(_leaves(as_of), _groups, max_leaves=6)
    return st.fixed_dictionaries({"version": st.just(1), "base": _BASES, "timezone": st.just(zone), "rule": tree})


def _groups(inner: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    several = st.lists(inner, min_size=1, max_size=3)
    return one_of(
        several.map(lambda parts: {"all": parts}),
        several.map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    )


_BASES = st.sampled_from(
    [
        {"population": "all"},
        {"population": "all"},
        {"population": "identified"},
        {"population": "active", "days": 30},
        {"population": "contactable", "channel": "email"},
        {"population": "contactable", "channel": "email", "purpose": "service"},
    ]
)


@cache
def _leaves(as_of: datetime) -> st.SearchStrategy[Document]:
    behaviour = [_behaviour("event", as_of), _behaviour("items_of", as_of)]
    fields = [_field("trait", as_of), _field("feature", as_of)]
    groups = st.sampled_from([{"segment": "vip"}, {"audience": "sale"}])
    return one_of(*behaviour, *behaviour, *fields, _tags(), groups, shapes(as_of), shapes(as_of))


FIELDS = {
    "trait": worlds.TRAITS,
    "feature": worlds.FEATURE_FIELDS,
    "event": worlds.PROPERTIES,
    "items_of": worlds.ITEM_PROPERTIES,
}


@cache
def _field(key: str, as_of: datetime, word: str = "") -> st.SearchStrategy[Document]:
    conditions = [
        comparisons(field.type, as_of).map(lambda judged, name=field.name: {word or key: name, **judged})
        for field in FIELDS[key].values()
    ]
    return one_of(*conditions)


@cache
def _behaviour(key: str, as_of: datetime) -> st.SearchStrategy[Document]:
    where = st.recursive(_field(key, as_of, "property"), _groups, max_leaves=3)
    window = one_of(windows(as_of), windows(as_of), _own_windows())
    needed = {key: st.sampled_from((*worlds.EVENT_NAMES, "Order", "Order")), "window": window}
    plain = st.fixed_dictionaries(needed, optional={"where": where})
    measured = [_measured(key, kind, as_of) for kind in sorted(MEASURES)]
    return st.tuples(plain, one_of(st.just({}), *measured)).map(lambda parts: parts[0] | parts[1])


def _measured(key: str, kind: str, as_of: datetime) -> st.SearchStrategy[Document]:
    one = MEASURES[kind]
    of = {field.name: field.type for field in FIELDS[key].values() if field.type in one.types} or {True: "number"}
    counts = kind in {"count", "events", "active_days", "distinct", "days_since"}

    def judged(name: Any) -> st.SearchStrategy[Document]:
        type = one.result(of[name])
        found = comparisons(type, as_of, "count" if counts else type, one.empty is None)
        return found.map(lambda parts: {"measure": {kind: name}, **parts})

    return st.sampled_from(sorted(of)).flatmap(judged)


@st.composite
def _tags(draw: Any) -> Document:
    op = draw(st.sampled_from(["is", "is_not", "one_of", "not_one_of", "is_present", "is_missing"]))
    document = {"tag": "power", "op": op}
    value = st.sampled_from(worlds.TAG_VALUES)
    if op in {"is", "is_not"}:
        document["value"] = draw(value)
    elif op in {"one_of", "not_one_of"}:
        document["value"] = draw(st.lists(value, min_size=1, max_size=2))
    origins = st.lists(st.sampled_from(["by_hand", "rule"]), min_size=1, max_size=2)
    if draw(st.booleans()):
        document["origin"] = draw(origins)
    return document | draw(_missing(op))


@cache
def comparisons(type: str, as_of: datetime, pool: str = "", can_be_missing: bool = True) -> st.SearchStrategy[Document]:
    """Operator and operand for a value of the type; the operand from another pool if one is named."""
    fitting = [key for key, one in OPERATORS.items() if type in one.types]
    if not can_be_missing:
        fitting = [key for key in fitting if key not in {"is_missing", "is_present"}]
    return one_of(*[_comparison(op, type, as_of, pool or type, can_be_missing) for op in fitting])


def _comparison(op: str, type: str, as_of: datetime, pool: str, can_be_missing: bool) -> st.SearchStrategy[Document]:
    needed = {"op": st.just(op)}
    if (operand := operands(op, pool, as_of)) is not None:
        needed["value"] = operand
    folds = OPERATORS[op].folds and type in {"text", "text_list"}
    judged = st.fixed_dictionaries(needed, optional={"fold": st.booleans()} if folds else {})
    if not can_be_missing:
        return judged
    return st.tuples(judged, _missing(op)).map(lambda parts: parts[0] | parts[1])


def _missing(op: str) -> st.SearchStrategy[Document]:
    if not OPERATORS[op].negative:
        return st.just({})
    return st.sampled_from([{}, {"missing": "exclude"}, {"missing": "include"}])


def operands(op: str, type: str, as_of: datetime) -> st.SearchStrategy[Any] | None:
    """The operand of an operator as JSON; None for those that have none."""
    if op in {"is_missing", "is_present"}:
        return None
    one = st.sampled_from(worlds.pool("text" if type == "text_list" else type, as_of))
    json = one.map(lambda value: value.isoformat() if hasattr(value, "isoformat") else value)
    if op in {"one_of", "not_one_of", "has_any", "has_all"}:
        many = st.lists(json, min_size=60, max_size=80) if type == "text" else st.lists(json, min_size=1, max_size=3)
        return one_of(st.lists(json, min_size=1, max_size=3), many)
    if op == "between":
        return st.tuples(json, json).map(sorted)
    if op in {"matches", "not_matches"}:
        return st.sampled_from(worlds.PATTERNS)
    if op == "anniversary":
        days = st.integers(1, 366)
        return one_of(
            days.map(lambda n: {"next_days": n}),
            days.map(lambda n: {"past_days": n}),
            st.sampled_from(sorted(PERIODS)).map(lambda period: {"calendar": period}),
        )
    if op == "within":
        return windows(as_of)
    if op in {"before", "after"}:
        days = st.integers(0, 40)
        relative = one_of(days.map(lambda n: {"days_ago": n}), days.map(lambda n: {"days_ahead": n}))
        return one_of(json, relative)
    return json


@cache
def _own_windows() -> st.SearchStrategy[Document]:
    """A window around a day of each customer."""
    days = st.sampled_from([0, 1, 7, 30, 182])
    traits = sorted(field.name for field in worlds.TRAITS.values() if field.type in {"date", "datetime"})
    around = st.fixed_dictionaries({"of": st.sampled_from(traits), "before": days, "after": days})
    return around.map(lambda value: {"anniversary": value})


@cache
def windows(as_of: datetime) -> st.SearchStrategy[Document]:
    """A window of any kind."""
    days = st.sampled_from([1, 2, 3, 7, 30, 400])
    back = st.integers(0, 40)
    instants = st.sampled_from(worlds.moments_around(as_of))
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "recent_days": days,
        "past_days": days,
        "rolling_hours": st.sampled_from([1, 24, 72, 9600]),
        "calendar": st.sampled_from(sorted(PERIODS)),
        "between": st.tuples(instants, instants).map(lambda pair: [one.isoformat() for one in sorted(pair)]),
        "days_ago": st.tuples(back, back).map(lambda pair: {"from": max(pair), "to": min(pair)}),
        "since": instants.map(lambda one: one.isoformat()),
        "all_time": st.just(True),
    }
    kinds_and_wide = [*kinds.items(), ("all_time", kinds["all_time"]), ("past_days", st.just(1000))]
    return one_of(*[st.fixed_dictionaries({kind: value}) for kind, value in kinds_and_wide])
