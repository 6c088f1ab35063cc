"""Ask what a campaign brought, and look."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.privacy import access_log
from segmentation.audiences.models import AudienceVersion
from segmentation.errors import SegmentationError
from segmentation.lake.tables import Source
from segmentation.measurement.catalog import DECISIVE, all_metrics
from segmentation.measurement.models import Look, Measurement
from segmentation.measurement.values import values_of
from segmentation.people import Person, user_of
from segmentation.runs.models import Run
from segmentation.runs.services import request_run

KIND = "measurement.look"


def measure(
    *, version: AudienceVersion, start: datetime, days: int, metric: str = DECISIVE, by: Person = None
) -> Measurement:
    """Decide how the campaign of this frozen audience is measured. Once: a question that is changed proves nothing.

    Raises:
        SegmentationError: no holdout, measured already, or an unknown metric.
    """
    if metric not in all_metrics():
        raise SegmentationError(
            _("There is no metric “%(metric)s”.") % {"metric": metric}, code="unknown_metric", where="metric"
        )
    if min(version.holdout.size, version.reached.size) < 2:
        raise SegmentationError(
            _("Nobody was held out, so there is nobody to compare with. Reopen the audience and give it a holdout."),
            code="no_holdout",
        )
    with transaction.atomic():
        if Measurement.objects.filter(version=version).exists():
            raise SegmentationError(_("This campaign is measured already."), code="measured_already")
        found = Measurement(version=version, start=start, days=days, metric=metric, by=user_of(by))
        found.full_clean()
        found.save()
        access_log.record(
            actor=user_of(by),
            action="measurement.create",
            object_kind="audience",
            object_key=version.audience.key,
            detail={"version": version.number, "start": start.isoformat(), "days": days, "metric": metric},
        )
    return found


def request_look(*, measurement: Measurement, by: Person = None) -> Run:
    """The run that will look; the caller rings for it."""
    return request_run(kind=KIND, subject=measurement.version.audience.key, by=by)


def open_measurements(moment: datetime) -> list[Measurement]:
    """Those that have a whole day more than was looked at."""
    rows = Measurement.objects.select_related("version__audience").prefetch_related("looks")
    return [m for m in rows if m.day_at(moment) > max((look.day for look in m.looks.all()), default=0)]


def keep(*, measurement: Measurement, day: int, result: Mapping[str, Any], run: Run) -> Look:
    """The look, instead of an earlier one of the same day. Called inside the transaction that ends the run."""
    look, _made = Look.objects.update_or_create(
        measurement=measurement, day=day, defaults={"result": result, "run": run}
    )
    return look


def base_rate(source: Source, *, days: int) -> float:
    """The share of customers who bought in the last `days`: what an effect on conversion would add to."""
    now = timezone.now()
    bought = values_of(source, now - timedelta(days=days), now)[DECISIVE].to_numpy()
    return float(bought.mean()) if len(bought) else 0.0
