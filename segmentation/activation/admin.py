"""Exports in the back office: a record, to be looked at."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from segmentation.activation.models import Export


@admin.register(Export)
class ExportAdmin(ModelAdmin):
    list_display = ("version", "destination", "rows", "by", "created_at", "sha256")
    list_filter = ("destination",)
    search_fields = ("version__audience__key", "version__audience__name", "sha256")
    list_select_related = ("version__audience", "by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Export | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Export | None = None) -> bool:
        return False
