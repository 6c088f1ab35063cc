"""From everybody who matches to everybody who is reached: each step a set, and the sums exact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

from pyroaring import BitMap

from segmentation.audiences import holdout

# Each step with its name in Chinese and English.
STEP_NAMES = {
    "matched": ("符合条件", "Matched"),
    "excluded": ("被排除", "Excluded"),
    "suppressed": ("禁止联系", "Suppressed"),
    "quiet": ("免打扰期", "Quiet for now"),
    "unprofiled": ("拒绝个性化画像", "Refused profiling"),
    "no_consent": ("未授权该渠道", "No consent"),
    "capped": ("触达次数已满", "Contacted often enough"),
    "universal": ("全局对照组", "Universal holdout"),
    "over_size": ("超出人数上限", "Beyond the size limit"),
    "holdout": ("对照组", "Held out"),
    "reached": ("最终触达", "Reached"),
}
TOTALS = frozenset({"matched", "reached"})

# Of these customers, so many: the choice of a size limit.
Choice = Callable[[BitMap, int], BitMap]


@dataclass(frozen=True)
class Lots:
    """A holdout: who is drawn depends on the salt and the customer alone."""

    salt: UUID
    percent: int

    def drawn(self, customers: BitMap, stable: Mapping[int, int]) -> BitMap:
        return holdout.held_out(customers, salt=self.salt, percent=self.percent, stable=stable)


@dataclass(frozen=True)
class Limits:
    """What the shop's rules of contact and the audience's size take away, beside exclusion and consent."""

    suppressed: BitMap = field(default_factory=BitMap)
    quiet: BitMap = field(default_factory=BitMap)
    unprofiled: BitMap = field(default_factory=BitMap)
    capped: BitMap = field(default_factory=BitMap)
    universal: Lots | None = None
    size: int | None = None
    choice: Choice | None = None
    # Of merged customers, the id by which their lots are drawn: the oldest of the group.
    stable: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """Who fell out at this step, and who is left after it."""

    key: str
    removed: BitMap
    left: BitMap


@dataclass(frozen=True)
class Waterfall:
    """The steps in order. What one removes and leaves is what the one before it left."""

    steps: tuple[Step, ...]
    holdout_percent: int

    def __getitem__(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)

    @property
    def reached(self) -> BitMap:
        return self["reached"].left

    @property
    def held_out(self) -> BitMap:
        return self["holdout"].removed

    def members(self, key: str) -> BitMap:
        """The customers that the step speaks of: those it removed; for the first and the last, those left."""
        step = self[key]
        return step.left if key in TOTALS else step.removed

    def counts(self) -> list[dict[str, int | float]]:
        """The steps as numbers, to be kept and shown; the holdout with the number expected beside the exact one."""
        rows: list[dict] = [{"step": s.key, "removed": len(s.removed), "left": len(s.left)} for s in self.steps]
        for before, row in pairwise(rows):
            if row["step"] == "holdout":
                row["expected"] = holdout.expected(before["left"], percent=self.holdout_percent)
        return rows


NO_LIMITS = Limits()


def waterfall(
    matched: BitMap,
    *,
    excluded: BitMap,
    reachable: BitMap,
    salt: UUID,
    holdout_percent: int,
    limits: Limits = NO_LIMITS,
) -> Waterfall:
    """Takes from `matched` all who may not or shall not be reached, one reason after the other.

    The size limit comes before the campaign's holdout: both groups are then drawn from the same customers, so that
    they can be compared, and those reached are never more than the limit.
    """
    steps = [Step("matched", BitMap(), matched)]
    takes: dict[str, Callable[[BitMap], BitMap]] = {
        "excluded": lambda left: left & excluded,
        "suppressed": lambda left: left & limits.suppressed,
        "quiet": lambda left: left & limits.quiet,
        "unprofiled": lambda left: left & limits.unprofiled,
        "no_consent": lambda left: left - reachable,
        "capped": lambda left: left & limits.capped,
        "universal": lambda left: limits.universal.drawn(left, limits.stable) if limits.universal else BitMap(),
        "over_size": lambda left: _beyond(left, limits),
        "holdout": lambda left: Lots(salt, holdout_percent).drawn(left, limits.stable),
        "reached": lambda left: BitMap(),
    }
    for key, take in takes.items():
        left = steps[-1].left
        removed = take(left)
        steps.append(Step(key, removed, left - removed))
    return Waterfall(tuple(steps), holdout_percent)


def _beyond(left: BitMap, limits: Limits) -> BitMap:
    if limits.size is None or limits.choice is None or len(left) <= limits.size:
        return BitMap()
    return left - limits.choice(left, limits.size)
