"""The run that looks at what a campaign brought."""

from importlib import import_module
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from segmentation.errors import SegmentationError
from segmentation.lake import versions
from segmentation.measurement.models import Measurement
from segmentation.measurement.services import KIND, keep
from segmentation.runs.claims import Claim
from segmentation.runs.handlers import handles


@handles(KIND)
def look(claim: Claim) -> dict[str, Any]:
    """After all whole days that have passed. A day that was missed is not made up for: its chance stays unused."""
    measurement = Measurement.objects.filter(version__audience__key=claim.subject).order_by("-version__number").first()
    if measurement is None:
        raise SegmentationError(_("Nobody asked for this campaign to be measured."), code="not_measured")
    day = measurement.day_at(min(claim.as_of, timezone.now()))
    if day == 0:
        raise SegmentationError(
            _("Not a whole day has passed since the campaign began; look again tomorrow."), code="too_early"
        )
    claim.heartbeat(gettext_noop("Comparing the groups"), 0, 1)
    source = versions.current_source()
    # Imported here, by name: the web process does without the heavy libraries.
    result = import_module("segmentation.measurement.looking").compute(measurement, day, source)
    told = {"day": day, "treated": result["treated"], "held_out": result["held_out"]}
    with claim.commit(told, lake_snapshot=versions.snapshot(source)):
        keep(measurement=measurement, day=day, result=result, run=claim.run)
    return told
