"""What the back office shows but never edits: facts that were told, and what SegTag made of them."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Rows to be looked at, neither added, edited nor deleted: a person is erased, and a result computed, by a job."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FactAdmin(ReadOnlyAdmin):
    """Facts are many: how many there are besides those that were asked for is not counted."""

    show_full_result_count = False
