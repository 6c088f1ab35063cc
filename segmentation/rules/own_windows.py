"""Windows around a customer's own day: {"anniversary": {"of": "birth_date", "before": 7, "after": 7}}.

The newest anniversary counts whose days have begun: a week before this year's birthday it is still last year's. Who
has no such day, or no anniversary yet, has no window, and did nothing in it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from segmentation.rules.catalog import DATE, DATETIME, Field
from segmentation.rules.days import DAY, Moment, anniversary, local_day, midnight
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.vocabulary import Expr, Vocabulary
from segmentation.rules.windows import ANNIVERSARY, MOST_DAYS_AROUND, Bounds, Window, resolve


@dataclass(frozen=True, slots=True)
class Around:
    """So many days before and after the anniversary of a trait."""

    field: Field
    before: int
    after: int


def read_around(reading: Reading, raw: object, path: str) -> Around | None:
    """The days from JSON; None with a problem noted."""
    document = reading.mapping(raw, path)
    if document is None or not reading.keys(document, path, ("of", "before", "after")):
        return None
    field = reading.name(document["of"], f"{path}.of", reading.catalog.traits, "trait")
    before, after = (reading.whole(document[key], f"{path}.{key}", 0, MOST_DAYS_AROUND) for key in ("before", "after"))
    if field is not None and field.type not in {DATE, DATETIME}:
        reading.problem(f"{path}.of", "not_a_date_trait", name=field.name, type=field.type)
        return None
    return None if field is None or before is None or after is None else Around(field, before, after)


def write_around(around: Around) -> dict[str, Any]:
    """The days as JSON."""
    return {"of": around.field.name, "before": around.before, "after": around.after}


def bounds_of(around: Around, value: date | datetime | None, moment: Moment) -> Bounds | None:
    """The days around the newest anniversary of a customer's value that have begun, up to the moment.

    >>> from zoneinfo import ZoneInfo
    >>> moment = Moment(datetime.fromisoformat("2026-03-17T09:00+08:00"), ZoneInfo("Asia/Shanghai"))
    >>> bounds = bounds_of(Around(Field("birth_date", "date", "birth_date"), 7, 7), date(1990, 3, 24), moment)
    >>> str(bounds.start), str(bounds.end)  # it is the first of these days
    ('2026-03-16 16:00:00+00:00', '2026-03-17 01:00:00+00:00')
    """
    if value is None:
        return None
    day = local_day(value, moment.timezone) if isinstance(value, datetime) else value
    years = range(moment.today.year + 1, max(day.year, moment.today.year - 2), -1)
    for year in years:
        newest = anniversary(day, year)
        if newest - around.before * DAY <= moment.today:
            start = midnight(newest - around.before * DAY, moment.timezone)
            stop = midnight(newest + (around.after + 1) * DAY, moment.timezone)
            return Bounds(start, stop).until(moment.as_of)
    return None


def resolve_for(window: Window, person: Person, moment: Moment) -> Bounds:
    """The instants between which a window lies for one customer; without any if there is no window."""
    if window.kind != ANNIVERSARY:
        return _of_everybody(window, moment.as_of, moment.timezone)
    found = bounds_of(window.value, person.traits.get(window.value.field.column), moment)
    return found or Bounds(moment.as_of, moment.as_of)


@lru_cache(maxsize=4096)
def _of_everybody(window: Window, as_of: datetime, timezone: ZoneInfo) -> Bounds:
    """Worked out once, however many customers are asked about."""
    return resolve(window, as_of, timezone)


def test(window: Window, v: Vocabulary, moment: Moment) -> Expr | None:
    """Whether a row lies in its customer's own window, in the words of an engine; None if that is everybody's."""
    if window.kind != ANNIVERSARY:
        return None
    return v.within_own(window.value.field, lambda value: bounds_of(window.value, value, moment))
