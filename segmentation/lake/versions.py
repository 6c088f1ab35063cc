"""Which versions of the Delta tables belong together: publishing them, and reading what was published."""

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from segmentation.errors import SegmentationError
from segmentation.lake import delta
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.tables import EVENTS, FIXED, ITEMS, TABLES, Source


def newest() -> LakeSnapshot | None:
    """The snapshot that readers use now."""
    return LakeSnapshot.objects.order_by("-pk").first()


def current_source() -> Source:
    """The newest published state of the lake. Raises SegmentationError "lake_empty" before the first sync."""
    snapshot = newest()
    if snapshot is None:
        raise SegmentationError(
            _("The lake is empty. Run `manage.py lake sync`, or wait for the nightly flow."), code="lake_empty"
        )
    return source_of(snapshot)


def source_of(snapshot: LakeSnapshot) -> Source:
    """The files of one published state."""
    return _source(str(settings.LAKE_DIR), snapshot.pk, tuple(sorted(snapshot.versions.items())))


def snapshot(source: Source) -> LakeSnapshot:
    """The row behind a source, for a run to point to."""
    return LakeSnapshot.objects.get(pk=source.version)


def publish(versions: Mapping[str, int]) -> LakeSnapshot:
    """Let readers see these versions, with the published ones of the other tables.

    Call it while holding `lock.writing`. Makes no new row when nothing differs.
    """
    with transaction.atomic():
        before = newest()
        merged = {**(before.versions if before else {}), **versions}
        if before and before.versions == merged:
            return before
        return LakeSnapshot.objects.create(versions=merged)


@lru_cache(maxsize=8)
def _source(lake: str, snapshot: int, versions: tuple[tuple[str, int], ...]) -> Source:
    opened = {name: delta.opened(name, version) for name, version in versions}
    files = {name: delta.files(table, name) for name, table in opened.items()}
    return Source(
        version=snapshot,
        tables={name: tuple(files.get(name, ())) for name in TABLES},
        months={**files.get(EVENTS, {}), **files.get(ITEMS, {})},
        schemas={**FIXED, **{name: delta.schema(table) for name, table in opened.items()}},
    )
