"""Forms of segments that are made without a rule by hand: of other segments, as a snapshot, by a list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from segmentation.segments.forms import NamesForm
from segmentation.segments.models import Segment
from segmentation.segments.origins import combined
from segmentation.sets.models import NamedSet
from segmentation.sets.names import full_label
from segmentation.sets.selectors import named_sets
from segmentation.tags.list_forms import ListField

ONE_A_LINE = _("One user id on each line, as text or CSV (UTF-8 or GB18030); a first line with a title is fine.")
OPERATIONS = (
    ("any", _("in at least one of them")),
    ("all", _("in every one of them")),
)


def _several() -> forms.SelectMultiple:
    return forms.SelectMultiple(attrs={"class": "tom-select"})


class SetsForm(NamesForm):
    """In any or all of some segments, and in none of some others."""

    operation = forms.ChoiceField(label=_("Customers who are"), choices=OPERATIONS, initial="any")
    segments = forms.MultipleChoiceField(label=_("Segments"), widget=_several())
    without = forms.MultipleChoiceField(label=_("but in none of these"), required=False, widget=_several())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(one.key, one.name) for one in Segment.objects.exclude(status=Segment.Status.RETIRED)]
        choices.sort(key=lambda choice: choice[1])
        for name in ("segments", "without"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wanted, without = cleaned.get("segments", []), cleaned.get("without", [])
        if wanted and len(wanted) + len(without) < 2:
            self.add_error("segments", _("Choose at least two segments."))
        if set(wanted) & set(without):
            self.add_error("without", _("A segment cannot be both wanted and left out."))
        return cleaned

    def rule(self) -> dict[str, Any] | None:
        """The rule that says the same; None while too little is chosen."""
        found = getattr(self, "cleaned_data", {})
        if not found.get("segments") or self.errors.keys() & {"segments", "without", "operation"}:
            return None
        return combined(found["operation"], found["segments"], found.get("without", []))


class SnapshotForm(NamesForm):
    """Which set to freeze: a segment or a value of a tag."""

    of = forms.ChoiceField(label=_("Freeze the customers of"), widget=forms.Select(attrs={"class": "tom-select"}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["schedule"]
        kinds = (NamedSet.Kind.SEGMENT, NamedSet.Kind.TAG_VALUE)
        self.sets = {str(one.pk): one for kind in kinds for one in named_sets(kind) if one.current_id}
        groups = [
            (
                kind.label,
                sorted(
                    ((pk, full_label(one)) for pk, one in self.sets.items() if one.kind == kind), key=lambda c: c[1]
                ),
            )
            for kind in kinds
        ]
        self.fields["of"].choices = [("", _("Choose …")), *groups]  # type: ignore[attr-defined]

    def clean_of(self) -> NamedSet:
        return self.sets[self.cleaned_data["of"]]


class NewListForm(NamesForm):
    """A segment of whom a file names."""

    file = ListField(help_text=ONE_A_LINE)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["schedule"]


class NextListForm(forms.Form):
    """Another list for a segment that has one."""

    file = ListField(help_text=ONE_A_LINE)
    add = forms.ChoiceField(
        label=_("The customers of the list before"),
        choices=(("", _("go: the new list takes its place")), ("add", _("stay: the new list is added"))),
        required=False,
    )
