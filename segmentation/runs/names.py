"""What the kinds of runs, and the figures of their results, are called on pages."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Promise] = {
    "lake.sync": _("Copy new facts into the lake"),
    "lake.compact": _("Tidy the lake's files"),
    "lake.rebuild": _("Make the lake again"),
    "profiles.compute": _("Compute customer features"),
    "recommendation.compute": _("Compute recommendations"),
    "tags.compute": _("Compute tag"),
    "clusters.try": _("Try a clustering"),
    "segments.compute": _("Compute segment"),
    "audiences.freeze": _("Freeze audience"),
    "activation.export": _("Export audience"),
    "activation.deliver": _("Send delivery"),
    "measurement.look": _("Measure campaign"),
    "privacy.erase": _("Erase a customer"),
    "privacy.retain": _("Let go what was kept long enough"),
    "flow.nightly": _("Compute everything"),
}

# The page of what a run is about; its address takes the run's subject.
PAGES: dict[str, str] = {
    "tags.compute": "segmentation:tag_detail",
    "clusters.try": "segmentation:cluster_trial",
    "segments.compute": "segmentation:segment_detail",
    "audiences.freeze": "segmentation:audience_detail",
    "activation.export": "segmentation:audience_detail",
    "activation.deliver": "segmentation:delivery_detail",
    "measurement.look": "segmentation:result_detail",
    "privacy.erase": "segmentation:erasure_detail",
}

# Figures of a run's result, by name.
FIGURES: dict[str, Promise] = {
    "customers": _("Customers"),
    "events": _("Events"),
    "items": _("Order lines"),
    "features": _("Features"),
    "day": _("Days measured"),
    "treated": _("Reached"),
    "held_out": _("Held out"),
    "products": _("Products"),
    "algorithm": _("Algorithm"),
    "past_days": _("Days of purchases"),
    "size": _("Customers in it"),
    "covered": _("Customers with a value"),
    "everybody": _("All customers"),
    "rows": _("Rows written"),
    "withdrawn": _("Left out: consent withdrawn since"),
    "gone": _("Left out: erased since"),
    "added": _("Added"),
    "removed": _("Removed"),
    "suppressed": _("Left out: suppressed since"),
    "quiet": _("Left out: quiet for now"),
    "universal": _("Left out: universal holdout"),
    "no_address": _("Left out: no address"),
    "refused": _("Refused by the receiver"),
    "sha256": _("Fingerprint (SHA-256)"),
    "seconds": _("Seconds"),
    "steps": _("Steps"),
    "places": _("Places looked through"),
    "found": _("Found"),
    "left": _("Left over"),
    "files": _("Files"),
}


def kind_name(kind: str) -> Promise | str:
    """The name of a kind; the kind itself while it has none."""
    return NAMES.get(kind, kind)


def figures(result: Mapping[str, Any]) -> list[tuple[Promise | str, Any]]:
    """The plain figures of a run's result, named; what is not a figure is left out."""
    plain = {key: value for key, value in result.items() if isinstance(value, int | float | str)}
    return [(FIGURES.get(key, key), value) for key, value in plain.items()]
