"""Exports to show, and what can be exported."""

from dataclasses import dataclass

from django.db.models import QuerySet

from segmentation.activation.columns import available
from segmentation.activation.loading import all_destinations
from segmentation.activation.models import Export
from segmentation.activation.rights import may_export
from segmentation.audiences.models import Audience
from segmentation.people import Person
from segmentation.tags.models import in_language


@dataclass(frozen=True)
class ColumnChoice:
    """A column on offer."""

    key: str
    label: str
    reveals: bool


def export_columns(person: Person) -> list[ColumnChoice]:
    """The columns that this person may export."""
    choices = [ColumnChoice(c.key, c.label, c.reveals) for c in available().values()]
    return [choice for choice in choices if may_export(person, reveals=choice.reveals)]


def destinations() -> dict[str, str]:
    """The names of the destinations by key, in the active language."""
    return {key: in_language(one.name_zh, one.name_en) for key, one in all_destinations().items()}


def export_list(audience: Audience) -> QuerySet[Export]:
    """What was exported of an audience, newest first."""
    return Export.objects.filter(version__audience=audience).select_related("version__audience", "run", "by")
