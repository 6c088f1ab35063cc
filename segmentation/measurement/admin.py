"""Measurements in the back office: records, to be looked at."""

from django.contrib import admin

from customers.readonly_admin import ReadOnlyAdmin
from segmentation.measurement.models import Look, Measurement


@admin.register(Measurement)
class MeasurementAdmin(ReadOnlyAdmin):
    list_display = ("version", "start", "days", "metric", "by")
    list_filter = ("metric",)
    search_fields = ("version__audience__key", "version__audience__name")
    list_select_related = ("version__audience", "by")


@admin.register(Look)
class LookAdmin(ReadOnlyAdmin):
    list_display = ("measurement", "day", "created_at")
    search_fields = ("measurement__version__audience__key",)
    list_select_related = ("measurement__version__audience",)
