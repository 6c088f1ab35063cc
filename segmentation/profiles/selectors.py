"""What was computed of customers, ready to show or to go on computing with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import pyarrow as pa
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from sqlglot import exp

from segmentation.errors import SegmentationError
from segmentation.lake.tables import FEATURES, Source
from segmentation.lake.versions import current_source, newest, source_of
from segmentation.profiles.catalog import all_features, feature
from segmentation.profiles.features.base import Feature, Result
from segmentation.profiles.histogram import Bar, bars
from segmentation.profiles.units import in_words
from segmentation.sets.answers import engine


@dataclass(frozen=True)
class FeatureValue:
    """A feature of one customer. `percentile`: in per cent, how many of those who have the feature have less."""

    key: str
    label: str
    description: str
    type: str
    unit: str
    value: Result
    text: str
    percentile: int | None


@dataclass(frozen=True)
class Distribution:
    """How a feature is spread over the customers; `missing` have none."""

    key: str
    label: str
    type: str
    unit: str
    as_of: datetime
    bars: list[Bar]
    missing: int
    median: float | None


def label_of(found: Feature) -> str:
    """The feature's name in the reader's language."""
    return found.name_zh if _in_chinese() else found.name_en


def description_of(found: Feature) -> str:
    """What the feature says, in the reader's language."""
    return found.description_zh if _in_chinese() else found.description_en


def newest_base_date(source: Source, as_of: datetime | None = None) -> datetime | None:
    """The newest base date of features, up to `as_of`; None when there are none."""
    query = exp.select(exp.alias_(exp.Max(this=exp.column("as_of")), "as_of")).from_(FEATURES)
    if as_of is not None:
        query = query.where(exp.LTE(this=exp.column("as_of"), expression=_instant(as_of)))
    return engine().query(query, source)["as_of"][0].as_py()


def feature_frame(keys: Sequence[str], *, as_of: datetime | None = None, source: Source | None = None) -> pa.Table:
    """customer_id and these features of all customers, in order of id, as of the newest base date up to `as_of`.

    Raises SegmentationError "features_missing" when nothing was computed for such a date.
    """
    source = source or current_source()
    date = newest_base_date(source, as_of)
    if date is None:
        raise SegmentationError(
            _("There are no features up to this date. Compute the profiles first."), code="features_missing"
        )
    return _rows(keys, date, source)


def features_of(customer_id: int, *, compared: bool = True) -> list[FeatureValue]:
    """All features of a customer; none before profiles were computed, or for one who is newer than they are.

    Without `compared` no percentiles: they look at all customers.
    """
    source, date = _newest()
    if not source or not date:
        return []
    rows = _rows(list(all_features()), date, source, customer_id).to_pylist()
    if not rows:
        return []
    row = {key: value for key, value in rows[0].items() if key != "customer_id"}
    below = _percentiles(row, date, source) if compared else {}
    return [_feature_value(key, value, below.get(key)) for key, value in row.items()]


def distribution(key: str) -> Distribution | None:
    """How the feature is spread over all customers at its newest base date; None before one was computed."""
    found, (source, date) = feature(key), _newest()
    if not source or not date:
        return None
    everybody = _rows([key], date, source)[key].to_pylist()
    values = [value for value in everybody if value is not None]
    return Distribution(
        key=key,
        label=label_of(found),
        type=found.type,
        unit=found.unit,
        as_of=date,
        bars=bars(values),
        missing=len(everybody) - len(values),
        median=median(values) if values and found.type == "number" else None,
    )


def _newest() -> tuple[Source | None, datetime | None]:
    """The lake as it is and its newest base date; nothing of what is not there yet."""
    snapshot = newest()
    source = source_of(snapshot) if snapshot else None
    return source, newest_base_date(source) if source else None


def _rows(keys: Sequence[str], date: datetime, source: Source, customer: int | None = None) -> pa.Table:
    """customer_id and these features at one base date; of one customer or of all."""
    there = set(source.schemas[FEATURES].names)
    columns = [_column(key) if key in there else _nothing(key) for key in keys]
    query = exp.select(exp.column("customer_id"), *columns).from_(FEATURES).where(_at(date))
    if customer is not None:
        query = query.where(exp.EQ(this=exp.column("customer_id"), expression=exp.Literal.number(customer)))
    return engine().query(query.order_by("customer_id"), source)


def _percentiles(row: Mapping[str, Result], date: datetime, source: Source) -> dict[str, int]:
    """For each number of the row, how many in a hundred of those who have the feature have less."""
    numbers = {key: value for key, value in row.items() if isinstance(value, float)}
    if not numbers:
        return {}
    shares = [exp.alias_(_share_below(key, value), key, quoted=True) for key, value in numbers.items()]
    found = engine().query(exp.select(*shares).from_(FEATURES).where(_at(date)), source).to_pylist()[0]
    return {key: round(share * 100) for key, share in found.items()}


def _share_below(key: str, value: float) -> exp.Expr:
    less = exp.LT(this=_column(key), expression=exp.Literal.number(value))
    counted = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=less))
    return exp.Div(this=counted, expression=exp.Count(this=_column(key)), typed=False, safe=False)


def _feature_value(key: str, value: Result, percentile: int | None) -> FeatureValue:
    found = feature(key)
    text = in_words(value, found.unit)
    return FeatureValue(key, label_of(found), description_of(found), found.type, found.unit, value, text, percentile)


def _column(key: str) -> exp.Expr:
    return exp.column(key, quoted=True)


def _nothing(key: str) -> exp.Expr:
    """The column of a feature that is newer than the lake."""
    type = exp.DataType.Type.DOUBLE if feature(key).type == "number" else exp.DataType.Type.VARCHAR
    return exp.alias_(exp.cast(exp.Null(), type), key, quoted=True)


def _at(date: datetime) -> exp.Expr:
    return exp.EQ(this=exp.column("as_of"), expression=_instant(date))


def _instant(moment: datetime) -> exp.Expr:
    return exp.cast(exp.Literal.string(moment.astimezone(UTC).isoformat()), exp.DataType.Type.TIMESTAMPTZ)


def _in_chinese() -> bool:
    return (get_language() or "").startswith("zh")
