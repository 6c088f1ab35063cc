"""The values of tags as rows and named sets: made when a tag is, renewed by each run."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from segmentation.runs.models import Run
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.sets.origins import KINDS, PREFIX
from segmentation.tags.kinds.base import Outcome, Value
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag, TagValue


def make_values(tag: Tag, values: Iterable[Value], *, names_stay: bool = False) -> dict[str, NamedSet]:
    """Rows and sets for these values, in this order, and for those that the tag has already; sets by value key.

    A name that a person gave is kept, and with `names_stay` also one that a run gave.
    """
    rows = {row.key: row for row in tag.values.all()}
    for order, value in enumerate(values):
        row = rows.setdefault(value.key, TagValue(tag=tag, key=value.key))
        _renew(row, value, order, names_stay)
        row.save()
    return {key: _named_set(tag, row) for key, row in rows.items()}


def save_outcome(tag: Tag, outcome: Outcome, *, names_stay: bool, run: Run) -> None:
    """What a run found, published all at once. A value that it did not find is retired and has no customers.

    What an earlier base date than the newest found is kept for that date, and nothing else changes.
    """
    newest = store.newest_date(NamedSet.Kind.TAG_VALUE, tag.key)
    if newest is not None and run.as_of < newest:
        _save_past(tag, outcome, run=run, newest=newest)
        return
    sets = make_values(tag, outcome.values, names_stay=names_stay)
    found = {value.key for value in outcome.values}
    for row in tag.values.exclude(key__in=found):
        row.detail, row.order = {**row.detail, "retired": True}, len(found)
        row.save(update_fields=["detail", "order"])
    members = {sets[key]: outcome.members.get(key, BitMap()) for key in sets}
    store.publish(members | _aside(tag, outcome), run=run, as_of=run.as_of)
    tag.last_run = run
    tag.save(update_fields=["last_run"])


def _save_past(tag: Tag, outcome: Outcome, *, run: Run, newest: datetime) -> None:
    """A value that only the past knows is a retired one, empty at the newest date."""
    known = set(tag.values.values_list("key", flat=True))
    unknown = [value for value in outcome.values if value.key not in known]
    for order, value in enumerate(unknown, start=len(known)):
        row = TagValue(tag=tag, key=value.key)
        _renew(row, value, order, names_stay=False)
        row.detail["retired"] = True
        row.save()
    sets = {row.key: _named_set(tag, row) for row in tag.values.all()}
    members = {sets[key]: outcome.members.get(key, BitMap()) for key in sets}
    store.publish(members | _aside(tag, outcome), run=run, as_of=run.as_of)
    store.publish({sets[value.key]: BitMap() for value in unknown}, run=tag.last_run, as_of=newest)


def _aside(tag: Tag, outcome: Outcome) -> dict[NamedSet, BitMap]:
    """Who has a value from elsewhere than is usual: a set for each origin and value that there is, or ever was."""
    found = outcome.aside(kind_of(tag.kind).origin)
    sets = {
        (origin, value): store.named(PREFIX + origin, tag.key, value, label_zh=tag.name_zh, label_en=tag.name_en)
        for origin, value in found
    }
    for known in NamedSet.objects.filter(kind__in=KINDS, key=tag.key):
        sets.setdefault((known.kind.removeprefix(PREFIX), known.value), known)
    return {named: found.get(name, BitMap()) for name, named in sets.items()}


def scores_of(tag: Tag) -> str:
    """Whose score table holds what the tag's runs keep of each customer."""
    return f"tag:{tag.key}"


def known_values(tag: Tag) -> dict[str, Value]:
    """The values that the tag has, or ever had."""
    return {
        row.key: Value(row.key, row.name_zh, row.name_en, row.colour, row.detail)
        for row in tag.values.order_by("order")
    }


def current_members(tag: Tag, keys: Iterable[str]) -> dict[str, BitMap]:
    """The customers of these values as readers see them; values that were never computed are left out."""
    computed = NamedSet.objects.filter(
        kind=NamedSet.Kind.TAG_VALUE, key=tag.key, value__in=list(keys), current__isnull=False
    )
    names = [(NamedSet.Kind.TAG_VALUE.value, tag.key, value) for value in computed.values_list("value", flat=True)]
    return {value: members for (_, _, value), members in store.current_many(names).items()}


def members_before(tag: Tag, as_of: datetime) -> dict[str, BitMap]:
    """The customers of each value as the newest earlier base date left them, for kinds that go on from there."""
    found = {}
    for named_set in NamedSet.objects.filter(kind=NamedSet.Kind.TAG_VALUE, key=tag.key):
        earlier = named_set.versions.filter(as_of__lt=as_of).defer("members", "entered", "left")
        if version := earlier.order_by("-as_of", "-number").first():
            found[named_set.value] = store.at_version(version)
    return found


def result_before(tag: Tag, as_of: datetime) -> dict[str, Any]:
    """What the newest successful run of an earlier base date said of itself; empty before the first."""
    runs = Run.objects.filter(kind="tags.compute", subject=tag.key, state=Run.State.SUCCEEDED, as_of__lt=as_of)
    run = runs.order_by("-as_of", "-finished_at").first()
    return run.result if run else {}


def _renew(row: TagValue, value: Value, order: int, names_stay: bool) -> None:
    proposed = {"zh": value.name_zh, "en": value.name_en}
    given = row.detail.get("proposed")
    ours = given is None or {"zh": row.name_zh, "en": row.name_en} == given
    if row.pk is None or (ours and not names_stay):
        row.name_zh, row.name_en = value.name_zh[:200], value.name_en[:200]
    row.colour = value.colour or row.colour
    row.order = order
    row.detail = {**value.detail, "proposed": proposed}


def _named_set(tag: Tag, row: TagValue) -> NamedSet:
    return store.named(
        NamedSet.Kind.TAG_VALUE,
        tag.key,
        row.key,
        label_zh=tag.name_zh,
        label_en=tag.name_en,
        value_label_zh=row.name_zh,
        value_label_en=row.name_en,
        order=row.order,
        origin=kind_of(tag.kind).origin,
    )


def is_retired(detail: Mapping[str, Any]) -> bool:
    """Whether a value's detail says that the last run did not find it."""
    return bool(detail.get("retired"))
