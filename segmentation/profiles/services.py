"""Computes the features of all customers for one base date."""

from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from customers.models import Property
from segmentation.lake.tables import EVENTS, ITEMS, Source
from segmentation.profiles.catalog import all_features
from segmentation.profiles.query import feature_query
from segmentation.profiles.relations import LINE_PROPERTIES, ORDER, ORDER_PROPERTIES
from segmentation.sets.answers import engine


def feature_rows(source: Source, *, as_of: datetime, leaving_out: Collection[int] = ()) -> pa.Table:
    """A row per customer of this state of the lake, with a column per feature. Events after `as_of` never count."""
    query = feature_query(
        all_features(),
        as_of=as_of.astimezone(ZoneInfo(settings.TIME_ZONE)),
        orders=_columns(source, EVENTS, Property.Scope.EVENT, ORDER_PROPERTIES),
        lines=_columns(source, ITEMS, Property.Scope.ITEM, LINE_PROPERTIES),
    )
    rows = engine().query(query, source)
    if not leaving_out:
        return rows
    ids = rows["customer_id"]
    return rows.filter(pc.invert(pc.is_in(ids, pa.array(sorted(leaving_out), ids.type))))


def _columns(source: Source, table: str, scope: str, types: Mapping[str, str]) -> dict[str, str]:
    """The lake column of each property of orders that has the type a feature expects and is in the lake."""
    known = Property.objects.filter(event_type__name=ORDER, scope=scope).values_list("name", "type", "column")
    there = set(source.schemas[table].names)
    return {name: column for name, type, column in known if types.get(name) == type and column in there}
