"""What the kinds of runs are called on pages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Promise] = {
    "lake.sync": _("Copy new facts into the lake"),
    "lake.compact": _("Tidy the lake's files"),
    "lake.rebuild": _("Make the lake again"),
    "profiles.compute": _("Compute customer features"),
    "tags.compute": _("Compute tag"),
    "segments.compute": _("Compute segment"),
    "audiences.freeze": _("Freeze audience"),
    "activation.export": _("Export audience"),
    "flow.nightly": _("Nightly flow"),
}

# The page of what a run is about; its address takes the run's subject.
PAGES: dict[str, str] = {
    "tags.compute": "segmentation:tag_detail",
    "segments.compute": "segmentation:segment_detail",
    "audiences.freeze": "segmentation:audience_detail",
    "activation.export": "segmentation:audience_detail",
}


def kind_name(kind: str) -> Promise | str:
    """The name of a kind; the kind itself while it has none."""
    return NAMES.get(kind, kind)
