"""Forms of the taxonomy's pages: a folder, and a file of definitions."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from segmentation.listed import text_of
from segmentation.tags.models import Category


class FolderChoice(forms.ModelChoiceField):
    """Folders in the order of the tree, indented."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Category.objects.order_by("path"), **options)

    def label_from_instance(self, category: Category) -> str:
        return "　" * (category.depth - 1) + category.name


def _colour() -> forms.TextInput:
    return forms.TextInput(attrs={"type": "color", "class": "form-control-color"})


class FolderForm(forms.Form):
    """Names, colour and editors of a folder; where a new one goes."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=100, required=False)
    description = forms.CharField(
        label=_("What it is for"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    coloured = forms.BooleanField(label=_("With a colour"), required=False)
    colour = forms.CharField(
        label=_("Colour"),
        required=False,
        widget=forms.TextInput(attrs={"type": "color", "class": "form-control-color"}),
    )
    editors = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        label=_("Only these may edit what is in it"),
        required=False,
        widget=forms.SelectMultiple(attrs={"class": "tom-select"}),
        help_text=_(
            "With nobody named, everybody may who may change tags. Folders in it follow, unless they name others."
        ),
    )
    parent = FolderChoice(label=_("In the folder"), required=False, empty_label=_("— top level —"))

    @property
    def described(self) -> dict[str, str]:
        """What the services take."""
        found = self.cleaned_data
        return {
            "name_zh": found["name_zh"],
            "name_en": found["name_en"] or found["name_zh"],
            "description": found["description"],
            "colour": found["colour"] if found["coloured"] else "",
        }


class DefinitionsForm(forms.Form):
    """A file of definitions, or the text of one that was looked at already."""

    file = forms.FileField(
        label=_("File"), required=False, widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"})
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file and file.size > settings.UPLOAD_LIMIT:
            self.add_error(
                "file", _("The file is larger than %(size)s.") % {"size": filesizeformat(settings.UPLOAD_LIMIT)}
            )
            return cleaned
        cleaned["text"] = text_of(file.read()) if file else cleaned.get("text", "")
        try:
            cleaned["document"] = json.loads(cleaned["text"])
        except ValueError as error:
            self.add_error("file", _("This is no JSON: %(error)s") % {"error": error})
        return cleaned
