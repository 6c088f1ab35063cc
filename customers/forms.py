"""What people fill in about facts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from customers.ingest.order_columns import FIELDS, REQUIRED
from customers.ingest.order_times import FORMS, ISO


class RevealForm(forms.Form):
    """Why somebody needs to see an identity unmasked."""

    reason = forms.CharField(
        label=_("Why do you need to see it?"),
        help_text=_("Your name, the time and this reason are written to the access log."),
        min_length=5,
        max_length=200,
    )


class UploadForm(forms.Form):
    """A file of order lines."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8 or GB18030) or Parquet, one row per order line."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.parquet"}),
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(
                _("The file is larger than %(size)s. Import it with `manage.py import_orders`, or split it."),
                params={"size": filesizeformat(settings.UPLOAD_LIMIT)},
            )
        return file


class MappingForm(forms.Form):
    """Which of the file's columns means what; and how the file writes its times."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, columns: Sequence[str], guess: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=guess)
        choices = [("", _("— not in the file —")), *((column, column) for column in columns)]
        for name, label in FIELDS.items():
            self.fields[name] = forms.ChoiceField(label=str(label), choices=choices, required=False)
        forms_of_time = [("", _("as guessed from the rows")), *((form, _example(form)) for form in FORMS)]
        self.fields["time_form"] = forms.ChoiceField(label=_("Times are written as"), choices=forms_of_time)
        self.fields["time_form"].required = False

    @property
    def told(self) -> dict[str, str]:
        """Every field's column as the person left it; empty for one that is not in the file."""
        return {name: self.cleaned_data.get(name, "") for name in FIELDS}

    @property
    def needed(self) -> list[forms.BoundField]:
        return [self[name] for name in REQUIRED]

    @property
    def optional(self) -> list[forms.BoundField]:
        return [self[name] for name in FIELDS if name not in REQUIRED]


def _example(form: str) -> str:
    """A time written in this form, which says more than %d/%m/%Y."""
    moment = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S} (ISO 8601)" if form == ISO else moment.strftime(form)
