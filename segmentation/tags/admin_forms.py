"""Forms of the taxonomy in the back office. Everything is checked here as the services check it."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from segmentation.errors import SegmentationError
from segmentation.people import Person
from segmentation.tags import services
from segmentation.tags.folders import refuse_locked
from segmentation.tags.loading import all_kinds
from segmentation.tags.models import Category, Tag
from segmentation.tags.problems import DefinitionError


class CategoryChoice(forms.ModelChoiceField):
    """Categories in the order of the tree, indented."""

    def label_from_instance(self, category: Category) -> str:
        return "　" * (category.depth - 1) + category.name


class CategoryForm(forms.ModelForm):
    """A category and where it is, for the person `by`."""

    by: Person = None

    parent = CategoryChoice(
        queryset=Category.objects.order_by("path"), required=False, label=_("in"), widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Category
        fields = ("key", "name_zh", "name_en", "description", "colour", "editors", "parent")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["parent"].initial = Category.objects.get_parent(self.instance)

    def clean_parent(self) -> Category | None:
        parent = self.cleaned_data["parent"]
        if parent and self.instance.pk and (parent == self.instance or parent.is_descendant_of(self.instance)):
            raise forms.ValidationError(_("A category cannot move into itself."))
        return _open(parent, self.by)


def kind_choices() -> list[tuple[str, str]]:
    """Every kind of tag with its name in the reader's language."""
    return [(key, kind.labels.text(get_language() or "", key)) for key, kind in all_kinds().items()]


class TagForm(forms.ModelForm):
    """A tag with the definition of its newest version, for the person `by`."""

    by: Person = None

    kind = forms.ChoiceField(label=_("kind"), widget=UnfoldAdminSelectWidget, choices=kind_choices)
    category = CategoryChoice(
        queryset=Category.objects.order_by("path"), label=_("category"), widget=UnfoldAdminSelectWidget
    )
    definition = forms.JSONField(label=_("definition"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 24}))

    class Meta:
        model = Tag
        fields = (
            "key",
            "kind",
            "exclusive",
            "category",
            "name_zh",
            "name_en",
            "description_zh",
            "description_en",
            "schedule",
            "schedule_day",
            "cron",
            "retries",
            "timeout_minutes",
            "alert_percent",
            "when_empty",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "kind" in self.fields:
            told = _("What each kind is for, with an example")
            self.fields["kind"].help_text = format_html(
                '<a href="{}" target="_blank">{}</a>', reverse("segmentation:kind_list"), told
            )
        if newest := self.instance.pk and self.instance.versions.first():
            self.fields["definition"].initial = newest.definition

    def clean_category(self) -> Category | None:
        return _open(self.cleaned_data["category"], self.by)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, key = cleaned.get("kind", self.instance.kind), cleaned.get("key", self.instance.key)
        if kind and key and cleaned.get("definition") is not None:
            self._check_definition(key, kind, cleaned["definition"])
        return cleaned

    def _check_definition(self, key: str, kind: str, definition: dict[str, Any]) -> None:
        try:
            services.checked_definition(key=key, kind=kind, definition=definition)
        except DefinitionError as error:
            for problem in error.problems:
                self.add_error("definition", f"{problem.path}: {problem.text(get_language() or '')}")
        except SegmentationError as error:
            self.add_error("definition", error.message)


def _open(category: Category | None, by: Person) -> Category | None:
    """The folder, if this person may edit what is in it."""
    try:
        refuse_locked(category, by)
    except SegmentationError as error:
        raise forms.ValidationError(error.message) from None
    return category
