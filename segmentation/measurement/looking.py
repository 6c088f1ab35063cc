"""Computes one look at a campaign. Imported where jobs run: it needs scipy and scikit-learn."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from segmentation.audiences.models import AudienceVersion
from segmentation.lake.tables import Source
from segmentation.measurement import outcomes
from segmentation.measurement.catalog import DECISIVE, all_metrics
from segmentation.measurement.models import Measurement
from segmentation.measurement.query import CUSTOMER
from segmentation.measurement.statistics import uplift
from segmentation.measurement.values import values_of
from segmentation.profiles.services import feature_rows
from segmentation.sets import store
from segmentation.sets.models import NamedSet

# How far back "earlier behaviour" goes.
BEFORE = timedelta(days=90)
COVARIATES = ("revenue", "orders")


def compute(measurement: Measurement, day: int, source: Source) -> dict[str, Any]:
    """What is known after `day` whole days; on the last one also by tag, and for whom it works."""
    version, metrics = measurement.version, all_metrics()
    end = measurement.start + timedelta(days=day)
    found = values_of(source, measurement.start, end)
    earlier = values_of(source, measurement.start - BEFORE, measurement.start, before=True)
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


def _tag_values(version: AudienceVersion) -> Iterator[tuple[dict[str, str], BitMap]]:
    """Each tag value with its customers as the tag was when the audience was frozen."""
    for named_set in NamedSet.objects.filter(kind=NamedSet.Kind.TAG_VALUE).order_by("key", "order"):
        kept = named_set.versions.filter(created_at__lte=version.frozen_at).order_by("-as_of", "-number").first()
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
