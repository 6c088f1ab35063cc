"""Imports and the rows that they refused, in the back office."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.import_selectors import import_books, reason_of
from customers.models import ImportBatch, ImportReject
from customers.readonly_admin import FactAdmin
from customers.tasks import enqueue

STATES = {
    ImportBatch.State.QUEUED: "info",
    ImportBatch.State.RUNNING: "primary",
    ImportBatch.State.DONE: "success",
    ImportBatch.State.FAILED: "danger",
}


@admin.register(ImportBatch)
class ImportBatchAdmin(FactAdmin):
    list_display = ("file_name", "source", "shown_state", "rows_read", "rows_total", "by", "created_at", "finished_at")
    list_filter = ("state", "source")
    list_select_related = ("by",)
    readonly_fields = ("books",)
    actions = ("run_again",)

    @display(description=_("state"), ordering="state", label=STATES)
    def shown_state(self, batch: ImportBatch) -> tuple[str, str]:
        return batch.state, batch.get_state_display()

    @display(description=_("books"))
    def books(self, batch: ImportBatch) -> str:
        return "; ".join(f"{entry.rows:,} {entry.label}" for entry in import_books(batch).entries) or "–"

    @admin.action(description=_("Run again from where it stopped"), permissions=["run"])
    def run_again(self, request: HttpRequest, queryset: QuerySet[ImportBatch]) -> None:
        for batch in queryset.exclude(path=""):
            enqueue(batch)

    def has_run_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.add_importbatch")


@admin.register(ImportReject)
class ImportRejectAdmin(FactAdmin):
    list_display = ("batch", "line", "outcome", "shown_reason")
    list_filter = ("outcome", ("batch", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("batch",)
    ordering = ("batch", "line")
    # What stood in the file may name people: the page of the import shows it to those who import.
    exclude = ("row",)

    @display(description=_("reason"), ordering="reason")
    def shown_reason(self, reject: ImportReject) -> str:
        return reason_of(reject)
