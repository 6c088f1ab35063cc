"""Definitions of the taxonomy as one JSON document: folders and tags, out of one installation and into another.

Taken in, a tag is a draft, or a new version of the tag that there is: nothing goes live by an import. What an import
would change is found by doing it all and undoing it again, so that the dry run cannot differ from the real one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from segmentation.errors import SegmentationError
from segmentation.people import Person
from segmentation.rules.problems import RuleError
from segmentation.tags import services
from segmentation.tags.models import Category, Tag
from segmentation.tags.problems import DefinitionError

FORMAT, VERSION = "segtag-taxonomy", 1
CATEGORY_FIELDS = ("name_zh", "name_en", "description", "colour")
TAG_FIELDS = (
    "name_zh",
    "name_en",
    "description_zh",
    "description_en",
    "schedule",
    "schedule_day",
    "cron",
    "retries",
    "timeout_minutes",
    "alert_percent",
    "when_empty",
)
# Who takes definitions in: folders and tags, made and changed.
TAKES_IN = tuple(f"segmentation.{verb}_{model}" for verb in ("add", "change") for model in ("tag", "category"))
FIXED = ("kind", "exclusive")
Entry = Mapping[str, Any]


class NotPortable(SegmentationError):
    """A document that is none of ours."""

    code = "not_portable"


@dataclass(frozen=True)
class Change:
    """What becomes of one entry: "new", "changed" (`fields` tell what), "same", or "refused" with the reason."""

    kind: str
    key: str
    name: str
    action: str
    fields: tuple[str, ...] = ()
    reason: str = ""


def exported() -> dict[str, Any]:
    """All folders and tags with what is live, or the newest version where nothing is."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "categories": [_category_entry(one) for one in Category.objects.order_by("path")],
        "tags": [
            _tag_entry(one)
            for one in Tag.objects.select_related("category", "live_version").order_by("category__path", "key")
        ],
    }


def take_in(document: Any, *, dry_run: bool, by: Person) -> list[Change]:
    """What becomes of each entry; with `dry_run` nothing does. Refused entries stop no other.

    Raises NotPortable for what is no such document.
    """
    _refuse_foreign(document)
    with transaction.atomic():
        changes = [_attempt("category", one, _take_category, by) for one in document["categories"]]
        changes += _tags(document["tags"], by)
        if dry_run:
            transaction.set_rollback(True)
    return changes


def _tags(entries: list[Entry], by: Person) -> list[Change]:
    """Each tag, tried again after the others while that helps: rules may name tags that come later."""
    found: dict[str, Change] = {}
    waiting = list(entries)
    while waiting:
        for entry in waiting:
            found[str(entry.get("key"))] = _attempt("tag", entry, _take_tag, by)
        refused = [entry for entry in waiting if found[str(entry.get("key"))].action == "refused"]
        if len(refused) == len(waiting):
            break
        waiting = refused
    return list(found.values())


def _attempt(kind: str, entry: Entry, take: Callable[[Entry, Person], tuple[str, ...] | None], by: Person) -> Change:
    key, name = str(entry.get("key", "")), str(entry.get("name_zh") or entry.get("name_en") or "")
    try:
        with transaction.atomic():
            fields = take(entry, by)
    except (DefinitionError, RuleError) as error:
        return Change(kind, key, name, "refused", reason=error.problems[0].text(get_language() or "en"))
    except SegmentationError as error:
        return Change(kind, key, name, "refused", reason=error.message)
    except ValidationError as error:
        return Change(kind, key, name, "refused", reason=" ".join(error.messages))
    except (KeyError, TypeError, ValueError) as error:
        return Change(kind, key, name, "refused", reason=_("It is not whole: %(fault)s") % {"fault": error})
    if fields is None:
        return Change(kind, key, name, "new")
    return Change(kind, key, name, "changed" if fields else "same", fields)


def _take_category(entry: Entry, by: Person) -> tuple[str, ...] | None:
    """Which fields changed; None for a folder that is new."""
    parent = _folder(entry["parent"]) if entry.get("parent") else None
    there = Category.objects.filter(key=entry["key"]).first()
    if there is None:
        described = {name: entry.get(name, "") for name in CATEGORY_FIELDS}
        made = services.create_category(key=entry["key"], parent=parent, by=by, **described)
        services.set_editors(category=made, editors=_groups(entry), by=by)
        return None
    before = _category_entry(there)
    fields = _changed(before, entry, (*CATEGORY_FIELDS, "parent", "editors"))
    if set(fields) & set(CATEGORY_FIELDS):
        described = {name: entry.get(name, before[name]) for name in CATEGORY_FIELDS}
        services.update_category(category=there, by=by, **described)
    if "parent" in fields:
        services.move_category(category=there, parent=parent, by=by)
    if "editors" in fields:
        services.set_editors(category=Category.objects.get(pk=there.pk), editors=_groups(entry), by=by)
    return fields


def _take_tag(entry: Entry, by: Person) -> tuple[str, ...] | None:
    """Which fields changed; None for a tag that is new."""
    described = {name: entry[name] for name in TAG_FIELDS if name in entry}
    category = _folder(entry["category"])
    there = Tag.objects.select_related("category", "live_version").filter(key=entry["key"]).first()
    if there is None:
        fixed = {name: entry[name] for name in FIXED}
        services.create_tag(
            key=entry["key"], definition=entry["definition"], category=category, by=by, **fixed, **described
        )
        return None
    before = _tag_entry(there)
    if _changed(before, entry, FIXED):
        raise SegmentationError(_("There is a tag with this key of another kind."), code="other_kind")
    fields = _changed(before, entry, (*TAG_FIELDS, "category"))
    if fields:
        services.update_tag(tag=there, by=by, category=category, **described)
    definition = services.checked_definition(key=there.key, kind=there.kind, definition=entry["definition"])
    newest = there.versions.first()
    if definition != before["definition"] and (newest is None or newest.definition != definition):
        services.new_version(tag=there, definition=definition, by=by, note=_("Imported"))
        fields += ("definition",)
    return fields


def _changed(before: Entry, entry: Entry, names: Iterable[str]) -> tuple[str, ...]:
    """The fields of which the entry says something else; what it does not say stays."""
    return tuple(name for name in names if before[name] != entry.get(name, before[name]))


def _folder(key: str) -> Category:
    found = Category.objects.filter(key=key).first()
    if found is None:
        raise SegmentationError(_("There is no folder “%(key)s”.") % {"key": key}, code="no_such_folder")
    return found


def _groups(entry: Entry) -> list[Group]:
    names = entry.get("editors", [])
    found = list(Group.objects.filter(name__in=names))
    if missing := sorted(set(names) - {group.name for group in found}):
        raise SegmentationError(_("There is no group “%(name)s”.") % {"name": missing[0]}, code="no_such_group")
    return found


def _category_entry(category: Category) -> dict[str, Any]:
    parent = Category.objects.get_parent(category)
    return {
        "key": category.key,
        "parent": parent.key if parent else "",
        **{name: getattr(category, name) for name in CATEGORY_FIELDS},
        "editors": sorted(category.editors.values_list("name", flat=True)),
    }


def _tag_entry(tag: Tag) -> dict[str, Any]:
    version = tag.live_version or tag.versions.first()
    return {
        "key": tag.key,
        "category": tag.category.key,
        **{name: getattr(tag, name) for name in (*FIXED, *TAG_FIELDS)},
        "definition": version.definition if version else {},
    }


def _refuse_foreign(document: Any) -> None:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotPortable(
            _("This is no file of definitions: it has to say “format”: “%(format)s”.") % {"format": FORMAT}
        )
    if document.get("version") != VERSION:
        raise NotPortable(_("Its version is not known here: %(version)s.") % {"version": document.get("version")})
    for part in ("categories", "tags"):
        entries = document.get(part)
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise NotPortable(_("“%(part)s” has to be a list of entries.") % {"part": part})
