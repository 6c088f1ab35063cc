"""Versions of the lake in the back office, to look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.readonly_admin import ReadOnlyAdmin
from segmentation.lake.models import LakeSnapshot


@admin.register(LakeSnapshot)
class LakeSnapshotAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "created_at", "tables")
    date_hierarchy = "created_at"

    @display(description=_("table versions"))
    def tables(self, snapshot: LakeSnapshot) -> str:
        return ", ".join(f"{name} {version}" for name, version in sorted(snapshot.versions.items()))
