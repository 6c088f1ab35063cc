"""When a tag or segment was last used: by what refers to it, and by exports that show it."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Max

from segmentation import dependencies
from segmentation.activation.models import Export
from segmentation.audiences.models import Audience
from segmentation.dependencies import Name


def last_uses(now: datetime) -> dict[Name, datetime]:
    """By kind and key. A live tag or segment uses what it is built on now; an audience did when it was frozen, a draft
    when it was made; an export, and what it shows of each customer, when it was made."""
    uses: dict[Name, datetime] = {}
    frozen = dict(Audience.objects.values_list("key").annotate(newest=Max("versions__frozen_at")))
    for (kind, key), row in dependencies.rows().items():
        if kind == "audience":
            _note(uses, row.references, frozen.get(key) or row.created_at)
        elif row.status == "live":
            _note(uses, row.references, now)
    for options, made in Export.objects.values_list("options", "created_at"):
        shown = {("tag", column.removeprefix("tag:")) for column in _columns(options) if column.startswith("tag:")}
        _note(uses, shown, made)
    return uses


def _columns(options: Mapping[str, object]) -> list[str]:
    columns = options.get("columns", [])
    return [str(one) for one in columns] if isinstance(columns, list) else []


def _note(uses: dict[Name, datetime], names: set[Name], at: datetime) -> None:
    for name in names:
        uses[name] = max(at, uses.get(name, at))
