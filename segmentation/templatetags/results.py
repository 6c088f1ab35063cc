"""What a campaign brought, or could bring at all, in the pages of its audience."""

from collections.abc import Sequence
from typing import Any

from django import template

from segmentation.audiences.models import Audience
from segmentation.errors import SegmentationError
from segmentation.lake.versions import current_source
from segmentation.measurement import selectors
from segmentation.measurement.catalog import all_metrics
from segmentation.measurement.models import Measurement
from segmentation.measurement.services import base_rate
from segmentation.measurement.statistics.looks import alpha_at
from segmentation.measurement.statistics.power import smallest_effect

register = template.Library()

DAYS = 14


@register.filter
def metric_name(key: str) -> str:
    """What a metric is called; the key itself where there is none."""
    return selectors.metric_name(key) if key in all_metrics() else key


@register.inclusion_tag("segmentation/measurement/card.html", takes_context=True)
def results_of(context: template.Context, audience: Audience) -> dict[str, Any]:
    """The way to the results of what was frozen last."""
    measurement = Measurement.objects.filter(version=audience.frozen_version_id).prefetch_related("looks").first()
    last = measurement.looks.order_by("day").last() if measurement else None
    return {"audience": audience, "measurement": measurement, "look": last, "perms": context["perms"]}


@register.inclusion_tag("segmentation/measurement/power.html")
def smallest_effect_of(steps: Sequence[Any]) -> dict[str, Any]:
    """The smallest effect on conversion that so many customers can show; before a campaign is launched."""
    counts = {step.key: step.customers for step in steps}
    try:
        rate = base_rate(current_source(), days=DAYS)
    except SegmentationError:
        return {}
    last = alpha_at(DAYS, planned=DAYS)
    effect = smallest_effect(
        treated=counts.get("reached", 0), held_out=counts.get("holdout", 0), share=rate, alpha=last
    )
    return {"effect": effect, "rate": rate, "days": DAYS}
