"""One customer's tags, told fast: what another system asks for at every page view."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from customers import plugins
from segmentation.scores import store as scores
from segmentation.sets import store
from segmentation.tags.loading import KINDS, kind_of
from segmentation.tags.models import Tag, TagValue, in_language


@dataclass(frozen=True)
class ToldValue:
    """A value that the customer has."""

    key: str
    name: str


@dataclass(frozen=True)
class ReasonedValue(ToldValue):
    """The same with the reason."""

    why: str


@dataclass(frozen=True)
class ToldTag:
    """A tag with the customer's values, in order."""

    key: str
    name: str
    category: str
    as_of: datetime | None
    values: Sequence[ToldValue] = field(default_factory=list)


@dataclass(frozen=True)
class ToldScore:
    """What a tag's newest run computed of the customer; `unit` is "share" or "currency"."""

    key: str
    name: str
    kind: str
    score: float
    unit: str
    as_of: datetime


def told_scores(customer_id: int) -> list[ToldScore]:
    """The customer's scores, in the order of the tree: a query for the tags and a short one for each."""
    kept = [kind for kind in plugins.names(KINDS) if kind_of(kind).keeps_scores]
    tags = (
        Tag.objects.filter(kind__in=kept, last_run__isnull=False, live_version__isnull=False)
        .exclude(status=Tag.Status.RETIRED)
        .order_by("category__path", "pk")
        .values_list("key", "name_zh", "name_en", "kind", "live_version__definition", "last_run__as_of")
    )
    rows = ((tag, scores.row(f"tag:{tag[0]}", customer_id)) for tag in tags)
    return [
        ToldScore(key, in_language(zh, en), kind, row["score"], kind_of(kind).score_unit(definition), as_of)
        for (key, zh, en, kind, definition, as_of), row in rows
        if row is not None
    ]


def told_tags(customer_id: int) -> list[ToldTag]:
    """What the tags say of a customer, in the order of the tree: three plain queries and one look into each set."""
    has = {(key, value) for _kind, key, value in store.holding("tag_value", customer_id)}
    names = _value_names(has)
    rows = (
        Tag.objects.filter(key__in={key for key, _value in has})
        .exclude(status=Tag.Status.RETIRED)
        .order_by("category__path", "pk")
        .values_list("key", "name_zh", "name_en", "category__key", "last_run__as_of")
    )
    return [
        ToldTag(
            key,
            in_language(zh, en),
            category,
            as_of,
            names[key],
        )
        for key, zh, en, category, as_of in rows
    ]


def _value_names(has: set[tuple[str, str]]) -> dict[str, list[ToldValue]]:
    """These of the tags' values in order, each with its name."""
    found: dict[str, list[ToldValue]] = defaultdict(list)
    rows = TagValue.objects.filter(tag__key__in={tag for tag, _value in has}, key__in={value for _tag, value in has})
    for tag, value, zh, en in rows.order_by("order", "pk").values_list("tag__key", "key", "name_zh", "name_en"):
        if (tag, value) in has:
            found[tag].append(ToldValue(value, in_language(zh, en)))
    return found
