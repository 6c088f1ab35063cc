"""What was computed of each customer for earlier base dates."""

from datetime import datetime, timedelta

import pyarrow.compute as pc
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from segmentation.lake import delta, feature_days
from segmentation.lake.tables import FEATURES
from segmentation.privacy.keepings.base import SAMPLED, GoOn, Keeping


class Features(Keeping):
    label = _("Features of earlier dates")
    what = _("Recency, frequency, spending and so on of every customer, one row a base date. The newest date stays.")
    remains = _("The newest features; who had which tag when, with all sizes. Why somebody had it then is gone.")
    order = 20

    def due(self, before: datetime) -> int:
        return sum(self._days(before).values())

    def sample(self, before: datetime) -> list[str]:
        return [f"{day} · {rows}" for day, rows in sorted(self._days(before).items())[:SAMPLED]]

    def remove(self, before: datetime, go_on: GoOn) -> int:
        days = self._days(before)
        if days:
            feature_days.forget_days(sorted(days))
        return sum(days.values())

    def _days(self, before: datetime) -> dict[str, int]:
        """Rows of each base date that is due, by day."""
        if not delta.exists(FEATURES):
            return {}
        kept = delta.opened(FEATURES).to_pyarrow_table(columns=["as_of_date"])["as_of_date"]
        if not len(kept):
            return {}
        limit, newest = before.astimezone(get_default_timezone()).date(), pc.max(kept).as_py()
        counted = {one["values"]: one["counts"] for one in pc.value_counts(kept).to_pylist()}
        last = min(limit, newest) - timedelta(days=1)
        return {day.isoformat(): count for day, count in counted.items() if day <= last}
