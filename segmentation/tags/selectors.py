"""The taxonomy, its tags and what they say of a customer, to show."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import get_language

from segmentation.rules.catalog import Catalog
from segmentation.runs.models import Run
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.selectors import named_sets, size_history, tag_values_of
from segmentation.tags.models import Category, Tag, TagValue, in_language
from segmentation.tags.reasons import Reasons
from segmentation.tags.taxonomy.base import ReadyTag
from segmentation.tags.taxonomy.fitting import fit
from segmentation.tags.taxonomy.ready import TAGS
from segmentation.tags.told import ReasonedValue, ToldTag
from segmentation.tags.values import is_retired


@dataclass(frozen=True)
class TagRow:
    """A tag with how many customers have a value; None before its first run."""

    tag: Tag
    covered: int | None
    everybody: int | None
    as_of: datetime | None

    @property
    def coverage(self) -> float | None:
        """The share of customers with a value, 0 to 1."""
        return self.covered / self.everybody if self.everybody and self.covered is not None else None


@dataclass(frozen=True)
class CategoryNode:
    """A category with its own tags; `depth` is 1 at the top."""

    category: Category
    depth: int
    tags: list[TagRow] = field(default_factory=list)


@dataclass(frozen=True)
class ValueSize:
    """A value with its customers, counted; `share` is that of everybody with a value."""

    value: TagValue
    named_set: NamedSet
    size: int
    share: float
    entered: int
    left: int


@dataclass(frozen=True)
class TagOfCustomer:
    """A tag and the values of it that a customer has, each with the reason if that was asked for."""

    tag: Tag
    category: Category
    values: list[TagValue]
    why: list[str]
    run: Run | None
    as_of: datetime | None


@dataclass(frozen=True)
class Gap:
    """A ready tag that this shop does not have, and what its data lack for it."""

    ready: ReadyTag
    label: str
    reasons: list[str]


def taxonomy() -> list[CategoryNode]:
    """All categories in the order of the tree, with their tags and coverage."""
    rows: dict[int, list[TagRow]] = defaultdict(list)
    for tag in _tags():
        rows[tag.category_id].append(_row(tag))
    folders = Category.objects.order_by("path").prefetch_related("editors")
    return [CategoryNode(category, category.depth, rows[category.pk]) for category in folders]


def tag_row(tag: Tag) -> TagRow:
    """One tag with its coverage."""
    return _row(_tags().get(pk=tag.pk))


def live_tags(kind: str = "") -> list[Tag]:
    """Tags that are computed, those of one kind or all, in the order of the tree."""
    wanted = _tags().filter(status=Tag.Status.LIVE)
    return list(wanted.filter(kind=kind) if kind else wanted)


def value_sizes(tag: Tag) -> list[ValueSize]:
    """The values that the tag has now, in order, with how many customers have each."""
    sets = {one.value: one for one in named_sets(NamedSet.Kind.TAG_VALUE, tag.key)}
    values = [value for value in tag.values.order_by("order") if not is_retired(value.detail) and value.key in sets]
    sizes = {value.key: sets[value.key].current for value in values}
    total = tag_row(tag).covered or 0
    return [_value_size(value, sets[value.key], sizes[value.key], total) for value in values]


def value_history(tag: Tag) -> dict[str, list[SetVersion]]:
    """How large each value was after each run, by value key, the oldest first."""
    sets = list(named_sets(NamedSet.Kind.TAG_VALUE, tag.key))
    versions = size_history(sets)
    return {one.value: versions.get(one.pk, []) for one in sets}


def tags_of(customer_id: int) -> list[TagOfCustomer]:
    """What the tags say of a customer, in the order of the tree, and why. `told.told_tags` is faster, without why."""
    has: dict[str, list[str]] = defaultdict(list)
    for named_set in tag_values_of([customer_id])[customer_id]:
        has[named_set.key].append(named_set.value)
    reasons = Reasons(customer_id, get_language() or "en")
    tags = _tags().filter(key__in=has).exclude(status=Tag.Status.RETIRED).prefetch_related("values")
    return [_of_customer(tag, has[tag.key], reasons) for tag in tags]


def reasoned_tags(customer_id: int) -> list[ToldTag]:
    """The same, to tell other systems."""
    return [
        ToldTag(
            one.tag.key,
            one.tag.name,
            one.category.key,
            one.as_of,
            [ReasonedValue(value.key, value.name, why) for value, why in zip(one.values, one.why, strict=True)],
        )
        for one in tags_of(customer_id)
    ]


def cluster_result(tag: Tag) -> dict[str, Any]:
    """What the last run of a clustering found: see `Cluster` for what is in it. Empty before the first."""
    return tag.last_run.result if tag.last_run else {}


def gaps() -> list[Gap]:
    """The ready tags that are not installed, each with what is missing (nothing, if it only needs installing)."""
    language, catalog = get_language() or "en", rule_catalog()
    there = set(Tag.objects.values_list("key", flat=True))
    return [_gap(ready, catalog, language) for ready in TAGS if ready.key not in there and not ready.least_customers]


def _tags() -> QuerySet[Tag]:
    """Tags in the order of the tree, with the coverage that their last run counted, without the rest of its result."""
    rows = Tag.objects.select_related("category", "live_version", "last_run", "owner").defer("last_run__result")
    counted = rows.annotate(
        covered=F("last_run__result__covered"),
        everybody=F("last_run__result__everybody"),
    )
    return counted.order_by("category__path", "pk")


def _row(tag: Any) -> TagRow:
    return TagRow(tag, tag.covered, tag.everybody, tag.last_run.as_of if tag.last_run else None)


def _value_size(value: TagValue, named_set: NamedSet, newest: SetVersion | None, total: int) -> ValueSize:
    if newest is None:
        return ValueSize(value, named_set, 0, 0.0, 0, 0)
    share = newest.size / total if total else 0.0
    return ValueSize(value, named_set, newest.size, share, newest.entered_count, newest.left_count)


def _of_customer(tag: Tag, keys: Iterable[str], reasons: Reasons) -> TagOfCustomer:
    values = [value for value in tag.values.all() if value.key in keys]
    values.sort(key=lambda value: value.order)
    return TagOfCustomer(
        tag=tag,
        category=tag.category,
        values=values,
        why=[reasons.why(tag, value) for value in values],
        run=tag.last_run,
        as_of=tag.last_run.as_of if tag.last_run else None,
    )


def _gap(ready: ReadyTag, catalog: Catalog, language: str) -> Gap:
    reasons = dict.fromkeys(problem.text(language) for problem in fit(ready, catalog).problems)
    return Gap(ready, in_language(ready.zh, ready.en), list(reasons))
