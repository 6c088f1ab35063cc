"""Segments in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from customers.readonly_admin import ReadOnlyAdmin
from segmentation import dependencies
from segmentation.errors import SegmentationError
from segmentation.rules.problems import RuleError
from segmentation.runs.services import request_run
from segmentation.segments import services
from segmentation.segments.models import Segment, SegmentVersion
from segmentation.tasks import enqueue

ROUTINE = ("schedule", "schedule_day", "cron", "retries", "timeout_minutes", "alert_percent")
DESCRIPTIVE = ("name_zh", "name_en", "description_zh", "description_en", *ROUTINE)


class SegmentForm(forms.ModelForm):
    """A segment with its live rule, checked as everywhere."""

    rule = forms.JSONField(label=_("rule"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 24}))

    class Meta:
        model = Segment
        fields = ("key", *DESCRIPTIVE)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.live_version:
            self.fields["rule"].initial = self.instance.live_version.rule

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        key = cleaned.get("key", self.instance.key)
        if key and cleaned.get("rule") is not None:
            try:
                services.checked_rule(key=key, document=cleaned["rule"])
            except RuleError as error:
                for problem in error.problems:
                    self.add_error("rule", f"{problem.path}: {problem.text(get_language() or '')}")
            except SegmentationError as error:
                self.add_error("rule", error.message)
        return cleaned


class SegmentVersionInline(TabularInline):
    model = SegmentVersion
    fields = readonly_fields = ("number", "state", "note", "created_by", "created_at", "reviewed_by", "answer")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Segment | None = None) -> bool:
        return False


@admin.register(Segment)
class SegmentAdmin(ModelAdmin):
    form = SegmentForm
    list_display = ("shown_name", "key", "status", "template", "schedule", "owner", "created_at")
    list_filter = ("status", "schedule")
    search_fields = ("key", "name_zh", "name_en")
    list_select_related = ("owner",)
    fields = ("key", *DESCRIPTIVE, "rule", "live_version", "last_run", "used_by")
    inlines = (SegmentVersionInline,)
    actions = ("compute",)

    def get_readonly_fields(self, request: HttpRequest, obj: Segment | None = None) -> tuple[str, ...]:
        computed = ("live_version", "last_run", "used_by")
        return (*computed, "key") if obj else computed

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without Django's own deletion of many, which knows nothing of who refers to whom."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def save_model(self, request: HttpRequest, obj: Segment, form: forms.ModelForm, change: bool) -> None:
        given = form.cleaned_data
        described = {name: given[name] for name in DESCRIPTIVE}
        if not change:
            obj.pk = services.create_segment(key=obj.key, rule=given["rule"], by=request.user, **described).pk
            return
        services.update_segment(segment=obj, by=request.user, **described)
        if "rule" in form.changed_data:
            services.new_version(segment=obj, rule=given["rule"], by=request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Segment | None = None) -> bool:
        free = obj is None or not dependencies.users_of(("segment", obj.key))
        return free and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with a segment, its versions, needs no right of its own."""
        found, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return found, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Segment) -> None:
        services.delete_segment(segment=obj, by=request.user)

    @display(description=_("name"), ordering="key")
    def shown_name(self, segment: Segment) -> str:
        return segment.name

    @display(description=_("used by"))
    def used_by(self, segment: Segment) -> str:
        return ", ".join(user.label for user in dependencies.users_of(("segment", segment.key))) or "—"

    @admin.action(description=_("Compute now"), permissions=["run"])
    def compute(self, request: HttpRequest, queryset: QuerySet[Segment]) -> None:
        for segment in queryset.filter(status=Segment.Status.LIVE):
            enqueue(request_run(kind="segments.compute", subject=segment.key, by=request.user))

    def has_run_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("segmentation.run_tag")


@admin.register(SegmentVersion)
class SegmentVersionAdmin(ReadOnlyAdmin):
    list_display = ("segment", "number", "state", "created_by", "created_at")
    search_fields = ("segment__key",)
    list_select_related = ("segment", "created_by")
