"""The metrics there are."""

from segmentation.measurement.metrics.base import Metric
from segmentation.plugins import load_all

FOLDER = "segmentation.measurement.metrics"
DECISIVE = "conversion"


def all_metrics() -> dict[str, Metric]:
    """By key; the decisive one by default first."""
    found = load_all(FOLDER, Metric)
    return {DECISIVE: found[DECISIVE]} | found
