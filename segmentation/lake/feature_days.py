"""The table of features: one partition per base date, replaced as a whole."""

from collections.abc import Collection
from datetime import datetime

import pyarrow as pa
from django.utils.timezone import get_default_timezone

from segmentation.lake import delta
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
