"""From what each customer did to what the campaign brought: one look at one campaign, as plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from segmentation.measurement.metrics.base import Metric
from segmentation.measurement.statistics.correction import adjusted
from segmentation.measurement.statistics.lift import Lift, lift_of_means, lift_of_shares
from segmentation.measurement.statistics.looks import alpha_at
from segmentation.measurement.statistics.ratio import check_ratio

Values = npt.NDArray[np.float64]
# Parts with fewer customers than this in either group are left out: their intervals would say nothing.
SMALLEST_PART = 30


@dataclass(frozen=True)
class Groups:
    """Positions of the customers of each group in the columns of values."""

    treated: npt.NDArray[np.intp]
    held_out: npt.NDArray[np.intp]

    @classmethod
    def of(cls, ids: npt.NDArray[np.integer], treated: BitMap, held_out: BitMap) -> "Groups":
        """`ids` are sorted; customers that are not among them are left out of both groups alike."""
        return cls(_positions(ids, treated), _positions(ids, held_out))

    @property
    def is_complete(self) -> bool:
        """Whether there is anything to compare."""
        return min(len(self.treated), len(self.held_out)) >= 2


def lift_of(metric: Metric, values: Values, groups: Groups, *, alpha: float, before: Values | None = None) -> Lift:
    """Of one metric. `before`, shape (customers, covariates), sharpens amounts; shares are told as they are."""
    treated, held_out = values[groups.treated], values[groups.held_out]
    if metric.format == "share":
        counts = ((int(group.sum()), len(group)) for group in (treated, held_out))
        return lift_of_shares(*counts, alpha=alpha)
    known = None if before is None else (before[groups.treated], before[groups.held_out])
    return lift_of_means(treated, held_out, before=known, alpha=alpha)


def look(
    metrics: Mapping[str, Metric],
    values: Mapping[str, Values],
    groups: Groups,
    *,
    planned: float,
    day: int,
    days: int,
    before: Values | None = None,
) -> dict[str, Any]:
    """What is known after `day` of `days`: the check of the groups' sizes, and each metric's lift.

    Intervals hold over all daily looks together. `total` is what the campaign brought in all, over its treated.
    """
    alpha = alpha_at(day, planned=days)
    check = check_ratio(treated=len(groups.treated), held_out=len(groups.held_out), planned=planned)
    lifts = {
        key: lift_of(metric, values[key], groups, alpha=alpha, before=before)
        for key, metric in metrics.items()
        if groups.is_complete
    }
    return {
        "day": day,
        "days": days,
        "alpha": alpha,
        "treated": len(groups.treated),
        "held_out": len(groups.held_out),
        "ratio": asdict(check) | {"is_sound": check.is_sound},
        "metrics": {key: _told(lift, len(groups.treated)) for key, lift in lifts.items()},
    }


def parts(
    metric: Metric, values: Values, groups: Groups, ids: npt.NDArray[np.integer], members: Iterable[tuple[Any, BitMap]]
) -> list[dict[str, Any]]:
    """The metric's lift among the customers of each part, with p-values corrected for looking at so many."""
    found = []
    for name, part in members:
        inside = np.zeros(len(ids), dtype=bool)
        inside[_positions(ids, part)] = True
        some = Groups(groups.treated[inside[groups.treated]], groups.held_out[inside[groups.held_out]])
        if min(len(some.treated), len(some.held_out)) >= SMALLEST_PART:
            found.append((name, some, lift_of(metric, values, some, alpha=0.05)))
    corrected = adjusted([lift.p_value for _name, _some, lift in found])
    return [
        {"part": name, "held_out_size": len(some.held_out), "p_adjusted": p} | _told(lift, len(some.treated))
        for (name, some, lift), p in zip(found, corrected, strict=True)
    ]


def _told(lift: Lift, treated: int) -> dict[str, Any]:
    return asdict(lift) | {"is_clear": lift.is_clear, "treated_size": treated, "total": lift.difference * treated}


def _positions(ids: npt.NDArray[np.integer], members: BitMap) -> npt.NDArray[np.intp]:
    wanted = np.frombuffer(members.to_array(), dtype=np.uint32).astype(ids.dtype)
    found = np.searchsorted(ids, wanted)
    found = found[found < len(ids)]
    return found[np.isin(ids[found], wanted, assume_unique=True)]
