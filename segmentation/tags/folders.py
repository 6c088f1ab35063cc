"""Who may edit what is in a folder of the taxonomy.

A folder may name groups of people as its editors; then only they change its tags, and those of the folders in it that
name none themselves. Where no folder on the way to the top names any, everybody does who may change tags at all.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.tags.models import Category


class FolderLocked(SegmentationError):
    """Somebody else edits this folder."""

    code = "folder_locked"

    def __init__(self, category: Category, editors: Iterable[Group]) -> None:
        told = {"folder": category.name, "editors": ", ".join(sorted(group.name for group in editors))}
        super().__init__(
            _("Only %(editors)s may edit what is in the folder “%(folder)s”. Ask one of them.") % told, where="category"
        )


def editors_of(category: Category) -> tuple[Category, list[Group]]:
    """The nearest folder from here up that names editors, with them; this folder and nobody if there is none."""
    step, path = Category.steplen, category.path
    ways = [path[:end] for end in range(step, len(path) + 1, step)]
    folders = Category.objects.filter(path__in=ways).prefetch_related("editors").order_by("-depth")
    for folder in folders:
        if groups := list(folder.editors.all()):
            return folder, groups
    return category, []


def may_edit(category: Category | None, by: Person) -> bool:
    """Whether this person may change what is in the folder; SegTag itself and superusers may."""
    if category is None or user_of(by) is None:
        return True
    _folder, groups = editors_of(category)
    return not groups or is_among(groups, by)


def is_among(groups: Iterable[Group], by: Person) -> bool:
    """Whether this person is in one of the groups; superusers are in all."""
    person = user_of(by)
    if person is None or person.is_superuser:
        return True
    return person.groups.filter(pk__in=[group.pk for group in groups]).exists()


def refuse_locked(category: Category | None, by: Person) -> None:
    """Raises FolderLocked where this person may not edit."""
    if category is not None and not may_edit(category, by):
        raise FolderLocked(*editors_of(category))
