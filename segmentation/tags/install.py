"""Makes the ready taxonomy. Only what is not there yet is made, so an operator's edits stay."""

from dataclasses import dataclass, field

from customers.models import Customer
from segmentation.people import Person
from segmentation.sets.catalog import rule_catalog
from segmentation.tags.models import Category, Tag
from segmentation.tags.problems import Problem
from segmentation.tags.services import create_category, create_tag, publish_tag
from segmentation.tags.taxonomy.base import ReadyCategory, ReadyTag
from segmentation.tags.taxonomy.fitting import fit
from segmentation.tags.taxonomy.ready import CATEGORIES, TAGS


@dataclass
class Installed:
    """What was made, what was there already, and what the shop's data do not allow, with the reasons."""

    made: list[Tag] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    skipped: dict[str, list[Problem]] = field(default_factory=dict)


def install_tags(*, by: Person = None) -> Installed:
    """Every ready tag that is not there and that the data allow, published, with the categories it needs."""
    there = set(Tag.everything.values_list("key", flat=True))
    report = Installed()
    customers = Customer.objects.count()
    for ready in (ready for ready in TAGS if ready.least_customers <= customers):
        if ready.key in there:
            report.kept.append(ready.key)
            continue
        fitting = fit(ready, rule_catalog())
        if fitting.definition is None:
            report.skipped[ready.key] = fitting.problems
        else:
            report.made.append(_make(ready, fitting.definition, by))
    return report


def _make(ready: ReadyTag, definition: dict[str, object], by: Person) -> Tag:
    tag = create_tag(
        key=ready.key,
        kind=ready.kind,
        definition=definition,
        exclusive=ready.exclusive,
        category=_category(ready.category, by),
        name_zh=ready.zh,
        name_en=ready.en,
        description_zh=ready.description_zh,
        description_en=ready.description_en,
        by=by,
    )
    return publish_tag(tag=tag, by=by)


def _category(key: str, by: Person) -> Category:
    """The category with this key, made together with those it is in when it is not there."""
    if found := Category.objects.filter(key=key).first():
        return found
    ready = _READY[key]
    parent = _category(ready.parent, by) if ready.parent else None
    return create_category(key=key, name_zh=ready.zh, name_en=ready.en, parent=parent, by=by)


_READY: dict[str, ReadyCategory] = {category.key: category for category in CATEGORIES}
