"""Sets and their versions in the back office."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from customers.readonly_admin import ReadOnlyAdmin
from segmentation.sets.models import NamedSet, SetVersion

# Bitmaps are of no use on a screen, and large.
BITMAPS = ("members", "entered", "left")
SHOWN = ("number", "as_of", "size", "entered_count", "left_count", "run", "created_at")


class SetVersionInline(TabularInline):
    model = SetVersion
    fields = readonly_fields = SHOWN
    ordering = ("-number",)
    extra = 0
    per_page = 20
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[SetVersion]:
        return super().get_queryset(request).defer(*BITMAPS).select_related("run")

    def has_add_permission(self, request: HttpRequest, obj: NamedSet | None = None) -> bool:
        return False


@admin.register(NamedSet)
class NamedSetAdmin(ReadOnlyAdmin):
    list_display = ("label_zh", "label_en", "kind", "key", "value", "size")
    list_filter = ("kind",)
    search_fields = ("key", "value", "label_zh", "label_en")
    ordering = ("kind", "key", "order")
    inlines = (SetVersionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[NamedSet]:
        return super().get_queryset(request).select_related("current").defer(*(f"current__{name}" for name in BITMAPS))

    @display(description=_("size"), ordering="current__size")
    def size(self, named_set: NamedSet) -> int | str:
        return named_set.current.size if named_set.current else "—"


@admin.register(SetVersion)
class SetVersionAdmin(ReadOnlyAdmin):
    list_display = ("named_set", *SHOWN)
    list_filter = ("named_set__kind",)
    search_fields = ("named_set__key", "named_set__value")
    list_select_related = ("named_set", "run")
    fields = ("named_set", *SHOWN)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SetVersion]:
        return super().get_queryset(request).defer(*BITMAPS)
