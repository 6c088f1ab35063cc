"""Audiences in the back office. What is frozen can be looked at, not changed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language
from unfold.admin import ModelAdmin

from segmentation.audiences import services
from segmentation.audiences.contact_models import Suppression
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.rules.problems import RuleError

PLAN = (
    "name", "purpose", "channel", "include", "exclude", "holdout_percent", "size_limit", "size_by", "size_lowest"
)  # fmt: skip


class AudienceForm(forms.ModelForm):
    """Checks the rules as every other way in does."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for field in ("include", "exclude"):
            if cleaned.get(field):
                self._check_rule(field, cleaned[field])
        return cleaned

    def clean_holdout_percent(self) -> int:
        percent = self.cleaned_data["holdout_percent"]
        return forms.IntegerField(min_value=0, max_value=services.LARGEST_HOLDOUT).clean(percent)

    def _check_rule(self, field: str, document: dict[str, Any]) -> None:
        try:
            services.checked_rule(field, document)
        except RuleError as error:
            for problem in error.problems:
                self.add_error(field, f"{problem.path}: {problem.text(get_language() or '')}")


@admin.register(Audience)
class AudienceAdmin(ModelAdmin):
    form = AudienceForm
    list_display = ("name", "key", "channel", "purpose", "holdout_percent", "state", "owner", "created_at")
    list_filter = ("state", "channel")
    search_fields = ("key", "name")
    fields = ("key", *PLAN, "owner", "state", "frozen_version", "salt")
    list_select_related = ("owner",)

    def get_readonly_fields(self, request: HttpRequest, obj: Audience | None = None) -> tuple[str, ...]:
        fixed = ("owner", "state", "frozen_version", "salt")
        return fixed if obj is None else (*fixed, "key")

    def save_model(self, request: HttpRequest, obj: Audience, form: forms.ModelForm, change: bool) -> None:
        plan = {field: form.cleaned_data[field] for field in PLAN if field in form.cleaned_data}
        if change:
            services.update_audience(audience=obj, by=request.user, **plan)
        else:
            obj.pk = services.create_audience(key=obj.key, by=request.user, **plan).pk

    def has_change_permission(self, request: HttpRequest, obj: Audience | None = None) -> bool:
        frozen = obj is not None and obj.state != Audience.State.DRAFT
        return not frozen and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Audience | None = None) -> bool:
        return False


@admin.register(AudienceVersion)
class AudienceVersionAdmin(ModelAdmin):
    list_display = ("audience", "number", "frozen_at", "run")
    search_fields = ("audience__key", "audience__name")
    list_select_related = ("audience", "run")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AudienceVersion | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AudienceVersion | None = None) -> bool:
        return False


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    list_display = ("customer", "channel", "reason", "source", "until", "by", "at")
    list_filter = ("channel", "reason")
    search_fields = ("customer__external_id", "source")
    list_select_related = ("customer", "by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False
