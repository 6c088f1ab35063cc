"""What campaigns brought, ready to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from segmentation.measurement.catalog import all_metrics
from segmentation.measurement.models import Look, Measurement
from segmentation.measurement.statistics.correction import adjusted
from segmentation.tags.models import in_language


@dataclass(frozen=True)
class Campaign:
    """One measured campaign with the newest look at its decisive metric; `p_adjusted` knows of all the others."""

    measurement: Measurement
    look: Look | None
    lift: dict[str, Any] | None
    p_adjusted: float | None

    @property
    def metric(self) -> str:
        return metric_name(self.measurement.metric)

    @property
    def format(self) -> str:
        return all_metrics()[self.measurement.metric].format

    @property
    def is_clear(self) -> bool:
        """Whether the effect stays clear among so many campaigns."""
        return bool(self.lift and self.lift["is_clear"] and self.p_adjusted is not None and self.p_adjusted < 0.05)


def measurements() -> QuerySet[Measurement]:
    looks = Prefetch("looks", queryset=Look.objects.order_by("day"))
    return Measurement.objects.select_related("version__audience", "by").prefetch_related(looks)


def campaigns() -> list[Campaign]:
    """All measured campaigns, the newest first. Those that ended are corrected for each other."""
    rows = list(measurements())
    newest = [next(reversed(m.looks.all()), None) for m in rows]
    lifts = [look.result["metrics"].get(m.metric) if look else None for m, look in zip(rows, newest, strict=True)]
    ended = [i for i, look in enumerate(newest) if look and lifts[i] and look.day == rows[i].days]
    corrected = dict(zip(ended, adjusted([lifts[i]["p_value"] for i in ended]), strict=True))  # type: ignore[index]
    return [Campaign(m, newest[i], lifts[i], corrected.get(i)) for i, m in enumerate(rows)]


def metric_name(key: str) -> str:
    metric = all_metrics()[key]
    return in_language(metric.name_zh, metric.name_en)


def metric_choices() -> Sequence[tuple[str, str]]:
    return [(key, metric_name(key)) for key in all_metrics()]
