"""The table of features: one partition per base date, replaced as a whole."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import pyarrow as pa
from django.utils.timezone import get_default_timezone

from segmentation.lake import delta, versions
from segmentation.lake.compact import delete_unneeded
from segmentation.lake.lock import writing
from segmentation.lake.tables import FEATURES, FIXED


def replace_day(rows: pa.Table, *, as_of: datetime) -> int:
    """Put `rows` (customer_id and a column per feature) in the place of those of the base date's day.

    Returns the version of the table to publish; call it while holding `lock.writing`.
    """
    day = as_of.astimezone(get_default_timezone()).date()
    for name, value in (("as_of", as_of), ("as_of_date", day)):
        rows = rows.append_column(name, pa.repeat(pa.scalar(value, FIXED[FEATURES].field(name).type), len(rows)))
    table = delta.created(FEATURES)
    delta.overwrite(table, rows, where=f"as_of_date = '{day.isoformat()}'")
    return table.version()


def forget_rows(customers: Collection[int]) -> int:
    """Take these customers out of all base dates. Returns the version to publish; call it holding `lock.writing`."""
    if customers:
        table = delta.opened(FEATURES)
        table.delete(f"customer_id IN ({', '.join(str(int(one)) for one in sorted(customers))})")
    return delta.opened(FEATURES).version()


def forget_days(days: Collection[str]) -> None:
    """Take these base dates ("2026-03-17") out for good, and publish what is left."""
    with writing():
        table = delta.opened(FEATURES)
        named = ", ".join(f"'{date.fromisoformat(day)}'" for day in sorted(days))
        table.delete(f"as_of_date IN ({named})")
        versions.publish({FEATURES: delta.opened(FEATURES).version()})
        delete_unneeded(timedelta(0))
