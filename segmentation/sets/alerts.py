"""Sets whose size a run changed by more than their owner expects."""

from collections.abc import Mapping
from typing import Any

from segmentation.sets.models import NamedSet


def size_alerts(kind: str, key: str, sizes: Mapping[str, int], percent: int | None) -> dict[str, Any]:
    """`{"alerts": [{value, zh, en, before, after}]}` of the sets that changed by `percent` or more; else empty.

    Compared with what readers see still, so ask before publishing. A set without a version is compared with nothing.
    """
    if not percent:
        return {}
    computed = NamedSet.objects.filter(kind=kind, key=key, current__isnull=False)
    found = []
    for value, zh, en, before in computed.values_list("value", "value_label_zh", "value_label_en", "current__size"):
        after = sizes.get(value, 0)
        if after != before and abs(after - before) * 100 >= percent * max(before, 1):
            found.append({"value": value, "zh": zh, "en": en, "before": before, "after": after})
    return {"alerts": found} if found else {}
