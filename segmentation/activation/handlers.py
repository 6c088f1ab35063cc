"""The run that exports a frozen audience."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext_noop
from pyroaring import BitMap

from segmentation.activation.columns import chosen
from segmentation.activation.delivering import deliver
from segmentation.activation.destinations.base import Shipment, Whole
from segmentation.activation.loading import destination_of
from segmentation.activation.planning import KIND
from segmentation.activation.services import (
    BATCH,
    ExportOptions,
    checked_options,
    keep_export,
    refuse_unreleased,
    rows,
)
from segmentation.activation.skipping import sendable
from segmentation.audiences.models import AudienceVersion
from segmentation.errors import SegmentationError
from segmentation.runs.claims import Claim
from segmentation.runs.handlers import handles
from segmentation.safe_csv import Cell


@handles(KIND)
def send_delivery(claim: Claim) -> dict[str, Any]:
    """Sends a delivery plan."""
    return deliver(claim)


@handles("activation.export")
def export_audience(claim: Claim) -> dict[str, Any]:
    """Delivers, then saves record and success in one go; a delivery that does not come to count is taken back."""
    version = AudienceVersion.objects.select_related("audience", "reached").get(pk=claim.params["version"])
    options = _permitted(claim)
    destination = destination_of(claim.params["destination"])
    if not isinstance(destination, Whole) or destination.settings:
        raise SegmentationError("This destination needs a delivery plan.", code="needs_plan")
    refuse_unreleased(version)
    sending = sendable(version)
    with translation.override(options.language or settings.LANGUAGE_CODE):
        shipment = _shipment(claim, version, options, sending.sent)
        receipt = destination.deliver(shipment)
    result = {
        "rows": receipt.rows,
        **{reason: len(customers) for reason, customers in sending.skipped.items()},
        "sha256": receipt.sha256,
    }
    try:
        with claim.commit(result, definition_version=version.number):
            keep_export(
                version=version,
                destination=claim.params["destination"],
                options=options,
                run=claim.run,
                receipt=receipt,
            )
    except DatabaseError:
        raise  # perhaps all was saved before the answer was lost; if not, the next attempt clears up after this one
    except BaseException:
        destination.take_back(shipment, receipt)
        raise
    return result


def _permitted(claim: Claim) -> ExportOptions:
    """The options that were asked for, if who asked may still have them."""
    asked_by = claim.run.requested_by
    if asked_by is None:
        raise SegmentationError("Who asked for this export has no account any more.", code="not_permitted")
    try:
        return checked_options(ExportOptions(**claim.params["options"]), by=asked_by)
    except PermissionDenied as error:
        raise SegmentationError(str(error), code="not_permitted") from None


def _shipment(claim: Claim, version: AudienceVersion, options: ExportOptions, members: BitMap) -> Shipment:
    columns = chosen(options.columns, named=bool(options.language))
    return Shipment(
        key=claim.run.pk.hex,
        attempt=claim.fence,
        title=f"{version.audience.key}-v{version.number}",
        header=[column.label if options.language else column.key for column in columns],
        rows=_watched(claim, rows(members, columns), total=len(members)),
        folder=settings.EXPORT_DIR,
        options={"bom": options.bom},
    )


def _watched(claim: Claim, found: Iterable[Sequence[Cell]], *, total: int) -> Iterator[Sequence[Cell]]:
    """The rows, with progress told on the way; stops when the run is no longer ours."""
    phase = gettext_noop("Writing rows")
    for count, row in enumerate(found):
        if count % BATCH == 0:
            claim.heartbeat(phase, count, total)
        yield row
