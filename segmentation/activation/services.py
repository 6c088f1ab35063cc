"""Handing a frozen audience to a destination."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from pyroaring import BitMap

from customers.privacy import access_log
from segmentation.activation.columns import Batch, Column, chosen
from segmentation.activation.destinations.base import Receipt
from segmentation.activation.loading import destination_of
from segmentation.activation.models import Export
from segmentation.activation.rights import may_export
from segmentation.audiences.models import AudienceVersion
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.safe_csv import Cell

BATCH = 2_000


@dataclass(frozen=True)
class ExportOptions:
    """What the file says and how. With a `language` headings and tag values are names in it, else keys."""

    columns: Sequence[str] = ("external_id",)
    language: str = ""
    bom: bool = False
    # Personal data in full is among the columns; found out when the export is asked for.
    reveals: bool = False


def request_export(*, version: AudienceVersion, options: ExportOptions, destination: str = "file", by: Person) -> Run:
    """The run that will export; the caller rings for it. Refuses what `by` may not see."""
    options = checked_options(options, by=by)
    if destination_of(destination).settings:
        raise SegmentationError(_("This destination needs a delivery plan."), code="needs_plan", where="destination")
    refuse_unreleased(version)
    params = {"version": version.pk, "destination": destination, "options": asdict(options)}
    run = request_run(kind="activation.export", subject=version.audience.key, params=params, by=by)
    if run.params != params:
        raise SegmentationError(
            _("Another export of this audience is still running. Wait for it, then try again."), code="export_running"
        )
    return run


def checked_options(options: ExportOptions, *, by: Person) -> ExportOptions:
    """The options, complete. Raises for unknown columns and languages, and PermissionDenied."""
    columns = chosen(options.columns)
    if options.language and options.language not in dict(settings.LANGUAGES):
        raise SegmentationError(_("There is no language %(code)s.") % {"code": options.language}, where="language")
    reveals = any(column.reveals for column in columns)
    if not may_export(by, reveals=reveals):
        raise PermissionDenied(_("You may not export these columns."))
    return replace(options, columns=list(options.columns), reveals=reveals)


def refuse_unreleased(version: AudienceVersion) -> None:
    """Raises "not_approved" for what waits for approval or was sent back, and for what is in the recycle bin."""
    if not version.is_released:
        raise SegmentationError(_("This audience waits for approval; until then nothing leaves."), code="not_approved")
    if version.audience.binned_at is not None:
        raise SegmentationError(_("This audience is in the recycle bin."), code="in_recycle_bin")


def rows(members: BitMap, columns: Sequence[Column]) -> Iterator[tuple[Cell, ...]]:
    """The cells of each customer, in the order of their ids, read as they are needed."""
    for start in range(0, len(members), BATCH):
        batch = Batch(list(members[start : start + BATCH]))
        yield from zip(*(column.cells(batch) for column in columns), strict=True)


def keep_export(
    *, version: AudienceVersion, destination: str, options: ExportOptions, run: Run, receipt: Receipt
) -> Export:
    """The record of what left the house. Called inside the transaction that ends the run."""
    export = Export.objects.create(
        version=version,
        run=run,
        destination=destination,
        options=asdict(options),
        path=receipt.path,
        rows=receipt.rows,
        sha256=receipt.sha256,
        by=run.requested_by,
    )
    _log(export, "export", run.requested_by)
    return export


def open_download(*, export: Export, by: Person) -> Path:
    """The file to send to `by`, written down first. Raises PermissionDenied, and FileNotFoundError if it is gone."""
    if not may_export(by, reveals=export.options.get("reveals", True)):
        raise PermissionDenied
    path = (settings.EXPORT_DIR / export.path).resolve()
    if not export.path or not path.is_relative_to(settings.EXPORT_DIR.resolve()) or not path.is_file():
        raise FileNotFoundError(export.path)
    _log(export, "download", by)
    return path


def _log(export: Export, action: str, by: Person) -> None:
    access_log.record(
        actor=user_of(by),
        action=f"audience.{action}",
        object_kind="export",
        object_key=str(export.pk),
        detail={
            "audience": export.version.audience.key,
            "version": export.version.number,
            "destination": export.destination,
            "columns": list(export.options["columns"]),
            "rows": export.rows,
            "sha256": export.sha256,
        },
    )
