"""Runs in the back office, with their two buttons."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from customers.readonly_admin import ReadOnlyAdmin
from segmentation.runs import services
from segmentation.runs.advice import advice_for
from segmentation.runs.models import Run
from segmentation.runs.names import kind_name
from segmentation.runs.rights import may_replay
from segmentation.tasks import enqueue

COLOURS = {
    Run.State.QUEUED: "info",
    Run.State.RUNNING: "primary",
    Run.State.SUCCEEDED: "success",
    Run.State.FAILED: "danger",
    Run.State.DEAD: "danger",
    Run.State.CANCELLED: "warning",
}


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("what", "subject", "shown_state", "attempt", "requested_by", "requested_at", "finished_at")
    list_filter = ("state", "kind")
    search_fields = ("kind", "subject")
    date_hierarchy = "requested_at"
    list_select_related = ("requested_by",)
    readonly_fields = ("advice",)
    actions = ("replay", "cancel")

    @display(description=_("kind"), ordering="kind")
    def what(self, run: Run) -> str:
        return str(kind_name(run.kind))

    @display(description=_("state"), ordering="state", label=COLOURS)
    def shown_state(self, run: Run) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description=_("what to do"))
    def advice(self, run: Run) -> str:
        return str(advice_for(run.error_code) or "—")

    @admin.action(description=_("Run again with the same base date"), permissions=["start"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        for run in queryset:
            if not may_replay(request.user, run.kind):
                raise PermissionDenied
            enqueue(services.replay(run=run, by=request.user))

    @admin.action(description=_("Cancel"), permissions=["cancel"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        cancelled = sum(services.cancelled(run=run) for run in queryset)
        text = ngettext("%(count)d run was cancelled.", "%(count)d runs were cancelled.", cancelled)
        messages.info(request, text % {"count": cancelled})

    def has_start_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("segmentation.run_tag")

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("segmentation.change_run")
