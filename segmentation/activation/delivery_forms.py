"""The form of a delivery plan; what the destination asks for comes from the destination itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from segmentation.activation.delivery_models import DeliveryPlan
from segmentation.activation.destinations.base import Destination
from segmentation.activation.loading import destination_of
from segmentation.activation.selectors import export_columns
from segmentation.people import Person
from segmentation.tags.models import in_language

TOLD = "told_"


class DeliveryForm(forms.Form):
    """Where to, what of each customer, when."""

    name = forms.CharField(label=_("Name"), max_length=100)
    columns = forms.MultipleChoiceField(label=_("What is told of each customer"))
    only_changes = forms.BooleanField(
        label=_("Send only the changes: who came and who went since the last time"), required=False
    )
    recompute = forms.BooleanField(label=_("Freeze the audience anew each time"), required=False)
    schedule = forms.ChoiceField(label=_("When"), choices=DeliveryPlan.Schedule.choices)
    schedule_day = forms.IntegerField(
        label=_("Day"), min_value=1, max_value=28, initial=1, required=False,
        help_text=_("Weekly: 1 is Monday. Monthly: the day of the month."),
    )  # fmt: skip
    cron = forms.CharField(
        label=_("Times"), required=False, max_length=100,
        help_text=_("Minute, hour, day, month, weekday: “30 6 * * 1-5” is 6:30 from Monday to Friday."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, destination: str, person: Person, **known: Any) -> None:
        super().__init__(data, **known)
        self.destination: Destination = destination_of(destination)
        self.fields["columns"].choices = [  # type: ignore[attr-defined]
            (one.key, f"{one.label} ({one.key})") for one in export_columns(person)
        ]
        self.fields["columns"].initial = ["external_id"]
        self.fields["columns"].widget.attrs["class"] = "tom-select"
        for one in self.destination.settings:
            kind = forms.PasswordInput(render_value=False) if one.is_secret else forms.TextInput()
            self.fields[TOLD + one.key] = forms.CharField(
                label=in_language(one.zh, one.en),
                help_text=in_language(one.help_zh, one.help_en),
                required=not one.is_optional,
                max_length=20_000 if one.is_long else 500,
                widget=forms.Textarea(attrs={"rows": 6}) if one.is_long else kind,
            )

    def asked(self) -> list[forms.BoundField]:
        """The fields of the destination."""
        return [self[name] for name in self.fields if name.startswith(TOLD)]

    def told(self) -> dict[str, str]:
        return {name.removeprefix(TOLD): self.cleaned_data[name] for name in self.fields if name.startswith(TOLD)}

    def plan(self) -> dict[str, Any]:
        """The plan itself, as the service takes it."""
        names = ("name", "only_changes", "recompute", "schedule", "cron")
        return {name: self.cleaned_data[name] for name in names} | {
            "schedule_day": self.cleaned_data["schedule_day"] or 1
        }
