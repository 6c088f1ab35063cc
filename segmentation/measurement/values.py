"""Each customer's value of each metric in a window of the lake."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.conf import settings

from customers.models import Property
from segmentation.lake.tables import EVENTS, Source
from segmentation.measurement.catalog import all_metrics
from segmentation.measurement.query import metric_query
from segmentation.profiles.relations import ORDER, ORDER_PROPERTIES
from segmentation.sets.answers import engine


def values_of(source: Source, start: datetime, end: datetime, *, before: bool = False) -> pa.Table:
    """A row per customer, in order of id; with `before` of the time that ends where a window begins."""
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
