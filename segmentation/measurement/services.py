"""Ask what a campaign brought, and look."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pyroaring import BitMap

from customers.models import Property
from customers.privacy import access_log
from segmentation.audiences.models import AudienceVersion
from segmentation.errors import SegmentationError
from segmentation.lake.tables import EVENTS, Source
from segmentation.measurement import outcomes
from segmentation.measurement.catalog import DECISIVE, all_metrics
from segmentation.measurement.models import Look, Measurement
from segmentation.measurement.query import CUSTOMER, metric_query
from segmentation.measurement.statistics import uplift
from segmentation.people import Person, user_of
from segmentation.profiles.relations import ORDER, ORDER_PROPERTIES
from segmentation.profiles.services import feature_rows
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.sets import store
from segmentation.sets.answers import engine
from segmentation.sets.models import NamedSet

KIND = "measurement.look"
# How far back "earlier behaviour" goes.
BEFORE = timedelta(days=90)
COVARIATES = ("revenue", "orders")


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


def compute(measurement: Measurement, day: int, source: Source) -> dict[str, Any]:
    """What is known after `day` whole days; on the last one also by tag, and for whom it works."""
    version, metrics = measurement.version, all_metrics()
    end = measurement.start + timedelta(days=day)
    found = _values(source, measurement.start, end)
    earlier = _values(source, measurement.start - BEFORE, measurement.start, before=True)
    ids = found[CUSTOMER].to_numpy()
    values = {key: found[key].to_numpy() for key in metrics}
    before = np.column_stack([earlier[key].to_numpy() for key in COVARIATES])
    groups = outcomes.Groups.of(ids, store.at_version(version.reached), store.at_version(version.holdout))
    planned = version.definition["holdout_percent"] / 100
    known = outcomes.look(metrics, values, groups, planned=planned, day=day, days=measurement.days, before=before)
    if day == measurement.days and groups.is_complete:
        decisive = values[measurement.metric]
        known["parts"] = outcomes.parts(metrics[measurement.metric], decisive, groups, ids, _tag_values(version))
        known["uplift"] = _uplift(source, measurement, values[DECISIVE] > 0, groups)
    return known


def keep(*, measurement: Measurement, day: int, result: Mapping[str, Any], run: Run) -> Look:
    """The look, instead of an earlier one of the same day. Called inside the transaction that ends the run."""
    look, _made = Look.objects.update_or_create(
        measurement=measurement, day=day, defaults={"result": result, "run": run}
    )
    return look


def base_rate(source: Source, *, days: int, members: BitMap | None = None) -> float:
    """The share of customers who bought in the last `days`: what an effect on conversion would add to."""
    now = timezone.now()
    found = _values(source, now - timedelta(days=days), now)
    bought = found[DECISIVE].to_numpy()
    if members is not None:
        bought = bought[outcomes.Groups.of(found[CUSTOMER].to_numpy(), members, BitMap()).treated]
    return float(bought.mean()) if len(bought) else 0.0


def _values(source: Source, start: datetime, end: datetime, *, before: bool = False) -> pa.Table:
    zone = ZoneInfo(settings.TIME_ZONE)
    query = metric_query(
        all_metrics(), start=start, end=end.astimezone(zone), orders=_order_columns(source), before=before
    )
    return engine().query(query, source)


def _order_columns(source: Source) -> dict[str, str]:
    known = Property.objects.filter(event_type__name=ORDER, scope=Property.Scope.EVENT)
    there = set(source.schemas[EVENTS].names)
    rows = known.values_list("name", "type", "column")
    return {name: column for name, type, column in rows if ORDER_PROPERTIES.get(name) == type and column in there}


def _tag_values(version: AudienceVersion) -> Iterator[tuple[dict[str, str], BitMap]]:
    """Each tag value with its customers as the tag was when the audience was frozen."""
    for named_set in NamedSet.objects.filter(kind=NamedSet.Kind.TAG_VALUE).order_by("key", "order"):
        kept = named_set.versions.filter(created_at__lte=version.frozen_at).order_by("-number").first()
        if kept is not None and kept.size:
            yield {"tag": named_set.key, "value": named_set.value}, store.at_version(kept)


def _uplift(source: Source, measurement: Measurement, bought: Any, groups: outcomes.Groups) -> dict[str, Any]:
    """Whether it can be told beforehand on whom the campaign works; learnt from the features on its first day."""
    rows = feature_rows(source, as_of=measurement.start)
    columns = [
        rows[name].to_numpy().astype(float) for name in rows.column_names if pa.types.is_floating(rows[name].type)
    ]
    matrix = np.column_stack(columns)
    middle = np.nanmedian(np.where(np.isnan(matrix).all(axis=0), 0.0, matrix), axis=0)
    matrix = np.where(np.isnan(matrix), middle, matrix)
    everybody = np.concatenate([groups.treated, groups.held_out])
    treated = np.arange(len(everybody)) < len(groups.treated)
    try:
        report = uplift.evaluate(matrix[everybody], bought[everybody], treated, seed=measurement.pk)
    except uplift.TooFewOutcomes as error:
        return {"refused": {"found": error.found, "of": error.customers, "least": uplift.LEAST}}
    return {
        "qini": report.qini,
        "low": report.low,
        "high": report.high,
        "uplift_at_30": report.uplift_at_30,
        "curve": list(report.curve),
        "is_usable": report.is_usable,
    }
