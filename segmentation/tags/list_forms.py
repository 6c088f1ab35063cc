"""The form of an uploaded list, for tags and for segments: a text or CSV file, and what becomes of the list before."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from segmentation.tags.given_models import ValueList


class ListField(forms.FileField):
    """A file of customers, one on each line, not larger than uploads may be."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("File"))
        options.setdefault("widget", forms.ClearableFileInput(attrs={"accept": ".csv,.txt"}))
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        file = super().clean(data, initial)
        if file and file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(
                _("The file is larger than %(size)s; split it, and add the second part to the first."),
                params={"size": filesizeformat(settings.UPLOAD_LIMIT)},
            )
        return file


class ValueListForm(forms.Form):
    """A list of customers and their values."""

    file = ListField(
        help_text=_("On each line a user id and a value, as CSV (UTF-8 or GB18030); a first line with titles is fine.")
    )
    mode = forms.ChoiceField(
        label=_("The lists before"),
        choices=(
            (ValueList.Mode.REPLACE, _("go: this list takes their place")),
            (ValueList.Mode.ADD, _("stay: this list is added")),
        ),
    )
