"""What people fill in about facts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from customers.ingest.contents.base import KEPT, Contents
from customers.ingest.times import FORMS, ISO


class RevealForm(forms.Form):
    """Why somebody needs to see an identity unmasked."""

    reason = forms.CharField(
        label=_("Why do you need to see it?"),
        help_text=_("Your name, the time and this reason are written to the access log."),
        min_length=5,
        max_length=200,
    )


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8 or GB18030), XLSX, Parquet or JSON Lines, with a header."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.parquet,.jsonl,.ndjson"}),
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(
                _("The file is larger than %(size)s. Import it with `manage.py import_file`, or split it."),
                params={"size": filesizeformat(settings.UPLOAD_LIMIT)},
            )
        return file


class MappingForm(forms.Form):
    """Which of the file's columns means what; and how the file writes its times."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        contents: Contents,
        columns: Sequence[str],
        mapping: Mapping[str, str] | None = None,
        time_form: str | None = None,
    ) -> None:
        known = dict(mapping or {})
        kept = [column for name, column in known.items() if name.startswith(KEPT)]
        super().__init__(data, initial={**known, "kept": kept, "time_form": time_form})
        self.contents = contents
        choices = [("", _("— not in the file —")), *((column, column) for column in columns)]
        for name, label in contents.fields.items():
            self.fields[name] = forms.ChoiceField(label=str(label), choices=choices, required=False)
        if "time" in contents.fields:
            forms_of_time = [("", _("as guessed from the rows")), *((form, _example(form)) for form in FORMS)]
            self.fields["time_form"] = forms.ChoiceField(
                label=_("Times are written as"), choices=forms_of_time, required=False
            )
        if contents.others:
            free = [(column, column) for column in columns if column not in self._meant(data, known)]
            self.fields["kept"] = forms.MultipleChoiceField(
                label=str(contents.others),
                choices=free,
                required=False,
                widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            )

    def clean(self) -> None:
        """Every field's column as the person left it (`mapping`), and how times are written (`time_form`)."""
        told = self.cleaned_data
        mapping = {name: told.get(name, "") for name in self.contents.fields}
        mapping |= {KEPT + column: column for column in told.get("kept", ()) if column not in mapping.values()}
        self.cleaned_data |= {"mapping": mapping, "time_form": told.get("time_form") or None}

    @property
    def needed(self) -> list[forms.BoundField]:
        return [self[name] for name in self.contents.required]

    @property
    def times_needed(self) -> bool:
        return "time" in self.contents.required

    @property
    def optional(self) -> list[forms.BoundField]:
        return [self[name] for name in self.contents.fields if name not in self.contents.required]

    def _meant(self, data: Mapping[str, Any] | None, known: Mapping[str, str]) -> set[str]:
        """The columns that a field is read from."""
        source = known if data is None else data
        return {source.get(name, "") for name in self.contents.fields}


def _example(form: str) -> str:
    """A time written in this form, which says more than %d/%m/%Y."""
    moment = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S} (ISO 8601)" if form == ISO else moment.strftime(form)
