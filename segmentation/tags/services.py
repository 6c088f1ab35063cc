"""Changes to tags, their versions and what is live."""

from typing import Any, TypedDict, Unpack

from django.contrib.auth.models import User
from django.db import transaction

from customers.privacy import access_log
from segmentation import dependencies, recycle_bin, review
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.rules.parse import parse
from segmentation.rules.references import CycleError, refuse_circle, refuse_cycle
from segmentation.sets.catalog import rule_catalog
from segmentation.tags import folders
from segmentation.tags.category_services import (  # noqa: F401 (one door to all changes of the taxonomy)
    create_category,
    delete_category,
    move_category,
    set_editors,
    update_category,
)
from segmentation.tags.loading import AnyKind, kind_of
from segmentation.tags.models import Category, Tag, TagVersion
from segmentation.tags.problems import DefinitionError
from segmentation.tags.values import make_values


class Description(TypedDict, total=False):
    """What a person may change of a tag without a new version."""

    category: Category
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    schedule: str
    schedule_day: int
    cron: str
    retries: int
    timeout_minutes: int
    alert_percent: int | None
    when_empty: str
    owner: User | None


def create_tag(
    *,
    key: str,
    kind: str,
    definition: dict[str, Any],
    exclusive: bool = True,
    by: Person = None,
    **description: Unpack[Description],
) -> Tag:
    """A draft with its first version. A definition that cannot be computed is refused with every problem."""
    plugin = _kind(kind)
    tag = Tag(
        key=key, kind=kind, exclusive=exclusive or plugin.always_exclusive, **{"owner": user_of(by), **description}
    )
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        recycle_bin.refuse_binned_key(Tag, key)
        tag.full_clean()
        tag.save()
        version = _add_version(tag, definition, by)
        make_values(tag, plugin.values(plugin.read(version.definition)))
        _log(tag, "create", by, version=version.number)
    return tag


def update_tag(*, tag: Tag, by: Person, **description: Unpack[Description]) -> Tag:
    """Another name, description, category, schedule or owner."""
    folders.refuse_locked(Tag.everything.select_related("category").get(pk=tag.pk).category, by)
    for field, value in description.items():
        setattr(tag, field, value)
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        tag.full_clean()
        tag.save()
        make_values(tag, ())
        _log(tag, "update", by, fields=sorted(description))
    return tag


def new_version(*, tag: Tag, definition: dict[str, Any], by: Person, note: str = "") -> TagVersion:
    """The next version. The live one stays as it is until this one is published."""
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        locked = Tag.objects.select_for_update(of=("self",)).get(pk=tag.pk)
        version = _add_version(locked, definition, by, note)
        _log(tag, "new_version", by, version=version.number)
    return version


def publish_tag(*, tag: Tag, by: Person, answer: str = "", version: TagVersion | None = None) -> Tag:
    """A version goes live, the newest unless one is named; checked once more, since what it speaks of may have gone.

    Raises SegmentationError "own_version" where another person than the author has to approve it, and FolderLocked for
    who is not among the editors of its folder.
    """
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        locked = Tag.objects.select_for_update(of=("self",)).get(pk=tag.pk)
        plugin = _kind(locked.kind)
        version = version or locked.versions.latest("number")
        review.refuse_own(version, by)
        checked_definition(key=locked.key, kind=locked.kind, definition=version.definition)
        review.make_live(version, locked.versions.all(), answer=answer, by=by)
        locked.status, locked.live_version = Tag.Status.LIVE, version
        locked.save(update_fields=["status", "live_version"])
        make_values(locked, plugin.values(plugin.read(version.definition)))
        _log(tag, "publish", by, version=version.number)
    return locked


def retire_tag(*, tag: Tag, by: Person) -> Tag:
    """Computed no more; its last values stay. Refused while a rule refers to it."""
    folders.refuse_locked(tag.category, by)
    with transaction.atomic():
        dependencies.refuse_if_used(("tag", tag.key))
        tag.status = Tag.Status.RETIRED
        tag.save(update_fields=["status"])
        _log(tag, "retire", by)
    return tag


def checked_definition(*, key: str, kind: str, definition: dict[str, Any]) -> dict[str, Any]:
    """The definition of the tag `key` as it is saved. Raises DefinitionError with every problem, or CycleError."""
    plugin, catalog = _kind(kind), rule_catalog()
    if problems := plugin.problems(definition, catalog):
        raise DefinitionError(problems)
    read = plugin.read(definition)
    graph = dependencies.graph()
    for place, document in plugin.rules(read).items():
        try:
            refuse_cycle(("tag", key), parse(document, catalog), lambda name: graph.get(name, set()))
        except CycleError as error:
            error.where = f"{place}.{error.where}"
            raise
    refuse_circle(("tag", key), plugin.references(read), lambda name: graph.get(name, set()))
    return plugin.canonical(read, catalog)


def _kind(key: str) -> AnyKind:
    try:
        return kind_of(key)
    except LookupError as error:
        raise SegmentationError(str(error), where="kind") from None


def _add_version(tag: Tag, definition: dict[str, Any], by: Person, note: str = "") -> TagVersion:
    saved = checked_definition(key=tag.key, kind=tag.kind, definition=definition)
    newest = tag.versions.first()
    number = newest.number + 1 if newest else 1
    return TagVersion.objects.create(
        tag=tag, number=number, definition=saved, note=note.strip(), created_by=user_of(by)
    )


def _log(tag: Tag, action: str, by: Person, **detail: Any) -> None:
    access_log.record(actor=user_of(by), action=f"tag.{action}", object_kind="tag", object_key=tag.key, detail=detail)
