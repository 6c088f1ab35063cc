"""The metrics there are."""

from customers.plugins import load_all
from segmentation.measurement.metrics.base import Metric

FOLDER = "segmentation.measurement.metrics"
DECISIVE = "conversion"


def all_metrics() -> dict[str, Metric]:
    """By key; the decisive one by default first."""
    found = load_all(FOLDER, Metric)
    return {DECISIVE: found[DECISIVE]} | found
