"""The question to a campaign."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from segmentation.measurement.catalog import DECISIVE
from segmentation.measurement.models import LONGEST
from segmentation.measurement.selectors import metric_choices


class MeasureForm(forms.Form):
    """When the campaign began, for how long it is measured, and by what it is judged."""

    start = forms.DateTimeField(
        label=_("Campaign began"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    days = forms.IntegerField(label=_("Days measured"), min_value=1, max_value=LONGEST, initial=14)
    metric = forms.ChoiceField(label=_("Judged by"), initial=DECISIVE)

    def __init__(self, *args: Any, **known: Any) -> None:
        super().__init__(*args, **known)
        self.fields["metric"].choices = metric_choices()  # type: ignore[attr-defined]
