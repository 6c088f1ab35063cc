"""Who refers to whom, among all that rules can name: tags, segments, audiences.

A model takes part by having `reference_kind` (the word that rules use for it) and, on each row, `key`, `name` and
`references`, the names in its definition as it stands. So a stage can ask who uses it without knowing later stages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from segmentation.errors import SegmentationError

# Kind and key: ("segment", "vip").
Name = tuple[str, str]


@dataclass(frozen=True)
class User:
    """Something that refers to something else."""

    kind: str
    key: str
    label: str


class StillUsed(SegmentationError):
    """Cannot go while others refer to it."""

    code = "still_used"

    def __init__(self, name: Name, users: list[User]) -> None:
        self.users = users
        told = ", ".join(f"{user.label} ({user.kind} {user.key})" for user in users)
        super().__init__(
            _("“%(key)s” is still used by: %(users)s. Change these first.") % {"key": name[1], "users": told}
        )


def graph() -> dict[Name, set[Name]]:
    """What each name refers to."""
    return {(kind, row.key): row.references for kind, row in _rows()}


def rows() -> dict[Name, Any]:
    """All that rules can name, tags, segments and audiences, by kind and key."""
    return {(kind, row.key): row for kind, row in _rows()}


def users_of(name: Name) -> list[User]:
    """Who refers to this name, directly."""
    return [User(kind, row.key, row.name) for kind, row in _rows() if name in row.references]


def refuse_if_used(name: Name) -> None:
    """Raises StillUsed, naming the users, if there are any."""
    if users := users_of(name):
        raise StillUsed(name, users)


def _rows() -> Iterator[tuple[str, Any]]:
    for model in apps.get_app_config("segmentation").get_models():
        if kind := getattr(model, "reference_kind", ""):
            versioned = any(field.name == "live_version" for field in model._meta.get_fields())
            rows = model._default_manager.select_related("live_version") if versioned else model._default_manager.all()
            yield from ((kind, row) for row in rows)
