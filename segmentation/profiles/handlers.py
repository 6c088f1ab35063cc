"""Jobs of the first stage: facts into the lake, features out of it."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from customers import profiling
from segmentation.lake import versions
from segmentation.lake.compact import compact
from segmentation.lake.feature_days import forget_rows, replace_day
from segmentation.lake.lock import writing
from segmentation.lake.rebuild import rebuild
from segmentation.lake.sync import sync
from segmentation.lake.tables import FEATURES
from segmentation.profiles.services import feature_rows
from segmentation.runs.claims import Claim
from segmentation.runs.handlers import handles


@handles("lake.sync")
def sync_lake(claim: Claim) -> dict[str, Any]:
    """Bring the lake up to date. The lake's own marks make it exactly once, whoever runs it."""
    return asdict(sync(progress=claim.heartbeat))


@handles("lake.compact")
def compact_lake(claim: Claim) -> dict[str, Any]:
    return asdict(compact(progress=claim.heartbeat))


@handles("lake.rebuild")
def rebuild_lake(claim: Claim) -> dict[str, Any]:
    return asdict(rebuild(progress=claim.heartbeat))


@handles("profiles.compute")
def compute_profiles(claim: Claim) -> None:
    """Compute the features of all customers and publish them as those of the base date.

    Without those who refused to be profiled: what was computed of them on earlier dates goes, too.
    """
    source = versions.current_source()
    claim.heartbeat(_("Computing features"), 0, 1)
    refusing = profiling.refusing()
    rows = feature_rows(source, as_of=claim.as_of, leaving_out=refusing)
    with writing():
        replace_day(rows, as_of=claim.as_of)
        version = forget_rows(refusing)
        result = {"customers": rows.num_rows, "features": rows.num_columns - 1}
        with claim.commit(result, lake_snapshot=versions.snapshot(source)):
            versions.publish({FEATURES: version})
