"""The run that freezes an audience."""

from typing import Any

from django.utils.translation import gettext_noop

from segmentation.audiences.models import Audience
from segmentation.audiences.services import freeze, plan_of, preview_waterfall
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.versions import current_source
from segmentation.runs.claims import Claim
from segmentation.runs.handlers import handles


@handles("audiences.freeze")
def freeze_audience(claim: Claim) -> dict[str, Any]:
    """Computes the waterfall, then saves version, sets and success in one go."""
    audience = Audience.objects.get(key=claim.subject)
    planned = plan_of(audience)
    claim.heartbeat(gettext_noop("Matching customers"), 0, 1)
    source = current_source()
    fall = preview_waterfall(audience, claim.as_of, source=source)
    result = {"waterfall": fall.counts()}
    snapshot = LakeSnapshot.objects.filter(pk=source.version).first()
    with claim.commit(result, definition_version=audience.versions.count() + 1, lake_snapshot=snapshot):
        freeze(audience=audience, planned=planned, fall=fall, run=claim.run)
    return result
