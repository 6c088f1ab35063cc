"""Changes to the folders of the taxonomy: made, named, moved, deleted; who may edit what is in them."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from treebeard.exceptions import InvalidMoveToDescendant

from customers.privacy import access_log
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.tags.folders import refuse_locked
from segmentation.tags.models import Category, Tag

OF_THE_TREE = ["path", "depth", "numchild"]


def create_category(
    *,
    key: str,
    name_zh: str,
    name_en: str,
    parent: Category | None = None,
    description: str = "",
    colour: str = "",
    by: Person = None,
) -> Category:
    """A folder at the end of its parent, or of the top level."""
    refuse_locked(parent, by)
    category = Category(key=key, name_zh=name_zh, name_en=name_en, description=description, colour=colour)
    category.full_clean(exclude=OF_THE_TREE)
    with transaction.atomic():
        if parent:
            Category.objects.add_child(Category.objects.get(pk=parent.pk), instance=category)
        else:
            Category.objects.add_root(instance=category)
        _log(category.key, "create", by)
    return category


def update_category(
    *, category: Category, name_zh: str, name_en: str, description: str, colour: str = "", by: Person = None
) -> Category:
    """Other names, another description or colour."""
    refuse_locked(category, by)
    category.name_zh, category.name_en = name_zh, name_en
    category.description, category.colour = description, colour
    category.full_clean(exclude=OF_THE_TREE)
    with transaction.atomic():
        category.save(update_fields=["name_zh", "name_en", "description", "colour"])
        _log(category.key, "update", by)
    return category


def set_editors(*, category: Category, editors: Iterable[Group], by: Person = None) -> None:
    """Who alone may edit what is in it from now on; nobody named, and everybody may who may change tags."""
    refuse_locked(category, by)
    groups = list(editors)
    if set(groups) == set(category.editors.all()):
        return
    with transaction.atomic():
        category.editors.set(groups)
        _log(category.key, "set_editors", by, editors=sorted(group.name for group in groups))


def move_category(
    *, category: Category, parent: Category | None, before: Category | None = None, by: Person = None
) -> None:
    """Under another folder, or to the top, with all that is in it: before a folder there, or last.

    Refused into itself. `before` has to be in `parent`.
    """
    for folder in (category, parent):
        refuse_locked(folder, by)
    with transaction.atomic():
        target, position = _place(parent, before)
        try:
            if target.pk != category.pk or position == "last-child":
                Category.objects.move(Category.objects.get(pk=category.pk), target, position)
        except InvalidMoveToDescendant:
            raise SegmentationError(
                _("A category cannot move into itself."), code="into_itself", where="parent"
            ) from None
        _log(category.key, "move", by, parent=parent.key if parent else "", before=before.key if before else "")


def delete_category(*, category: Category, move_to: Category | None = None, by: Person = None) -> None:
    """Gone, if nothing is in it; with `move_to` everything in it goes there first.

    Raises SegmentationError "not_empty", or "into_itself" where the other folder is in this one.
    """
    refuse_locked(category, by)
    with transaction.atomic():
        category = Category.objects.get(pk=category.pk)
        tags = Tag.everything.filter(category=category)
        if move_to is not None:
            _move_contents(category, move_to, by)
        elif category.numchild or tags.exists():
            raise SegmentationError(
                _("The category is not empty: move what is in it, also what is in the recycle bin."), code="not_empty"
            )
        Category.objects.get(pk=category.pk).delete()
        _log(category.key, "delete", by, moved_to=move_to.key if move_to else "")


def _move_contents(category: Category, move_to: Category, by: Person) -> None:
    refuse_locked(move_to, by)
    if move_to.pk == category.pk or Category.objects.get(pk=move_to.pk).is_descendant_of(category):
        raise SegmentationError(_("Choose a folder outside the one that goes."), code="into_itself", where="move_to")
    for child in Category.objects.get_children(category):
        move_category(category=child, parent=move_to, by=by)
    Tag.everything.filter(category=category).update(category=move_to)


def _place(parent: Category | None, before: Category | None) -> tuple[Category, str]:
    """Beside or in which folder, in treebeard's words."""
    if before is not None:
        there = Category.objects.get(pk=before.pk)
        if (Category.objects.get_parent(there) or None) != parent:
            raise SegmentationError(_("This folder is not there any more. Load the page again."), code="moved")
        return there, "left"
    if parent is not None:
        return Category.objects.get(pk=parent.pk), "last-child"
    return Category.objects.get_last_root_node(), "last-sibling"


def _log(key: str, action: str, by: Person, **detail: Any) -> None:
    access_log.record(
        actor=user_of(by), action=f"category.{action}", object_kind="category", object_key=key, detail=detail
    )
