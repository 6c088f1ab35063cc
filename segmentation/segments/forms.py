"""The form of a segment."""

from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from segmentation.segments.models import Segment
from segmentation.segments.rule_fields import RuleField
from segmentation.segments.services import Description


class NamesForm(forms.Form):
    """A name, and what it is for. The other language's name is optional: the first serves for both."""

    name = forms.CharField(label=_("Segment name"), max_length=100)
    other_name = forms.CharField(label=_("Name in the other language"), max_length=100, required=False)
    description = forms.CharField(
        label=_("What it is for"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
    schedule = forms.ChoiceField(label=_("Computed"), choices=Segment.Schedule.choices, initial=Segment.Schedule.DAILY)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        other = _("Name in English") if _in_chinese() else _("Name in Chinese")
        self.fields["other_name"].label = other

    def descriptive(self, segment: Segment | None = None) -> Description:
        """Names, description and schedule, as the services take them; a description in the other language stays."""
        found = self.cleaned_data
        name, description = found["name"], found["description"]
        zh, en = (name, found["other_name"] or name) if _in_chinese() else (found["other_name"] or name, name)
        other = "en" if _in_chinese() else "zh"
        kept = getattr(segment, f"description_{other}", "") or description
        about_zh, about_en = (description, kept) if _in_chinese() else (kept, description)
        told = Description(name_zh=zh, name_en=en, description_zh=about_zh, description_en=about_en)
        return told | {"schedule": found["schedule"]} if "schedule" in found else told


class SegmentForm(NamesForm):
    """The same with the rule."""

    rule = RuleField(label=_("Rule"))

    def document(self) -> dict[str, Any] | None:
        """The rule as it was typed, for the builder."""
        return self.rule_field.typed(self["rule"].value())

    @property
    def rule_field(self) -> RuleField:
        return cast(RuleField, self.fields["rule"])


def initial_of(segment: Segment, rule: dict[str, Any] | None) -> dict[str, Any]:
    """The form's values for a segment that there is."""
    names = (segment.name_zh, segment.name_en) if _in_chinese() else (segment.name_en, segment.name_zh)
    return {
        "name": names[0],
        "other_name": names[1],
        "description": segment.description,
        "schedule": segment.schedule,
        "rule": rule,
    }


def _in_chinese() -> bool:
    return (get_language() or "").startswith("zh")
