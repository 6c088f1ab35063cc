"""From everybody who matches to everybody who is reached: each step a set, and the sums exact."""

from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from pyroaring import BitMap

from segmentation.audiences import holdout

# Each step with its name in Chinese and English.
STEP_NAMES = {
    "matched": ("符合条件", "Matched"),
    "excluded": ("被排除", "Excluded"),
    "no_consent": ("未授权该渠道", "No consent"),
    "holdout": ("对照组", "Held out"),
    "reached": ("最终触达", "Reached"),
}


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
        return step.left if key in {"matched", "reached"} else step.removed

    def counts(self) -> list[dict[str, int | float]]:
        """The steps as numbers, to be kept and shown; the holdout with the number expected beside the exact one."""
        rows: list[dict] = [{"step": s.key, "removed": len(s.removed), "left": len(s.left)} for s in self.steps]
        for before, row in pairwise(rows):
            if row["step"] == "holdout":
                row["expected"] = holdout.expected(before["left"], percent=self.holdout_percent)
        return rows


def waterfall(matched: BitMap, *, excluded: BitMap, reachable: BitMap, salt: UUID, holdout_percent: int) -> Waterfall:
    """Takes from `matched` the excluded, then those who did not agree to be reached, then the held out."""
    kept = matched - excluded
    allowed = kept & reachable
    control = holdout.held_out(allowed, salt=salt, percent=holdout_percent)
    reached = allowed - control
    steps = (
        Step("matched", BitMap(), matched),
        Step("excluded", matched & excluded, kept),
        Step("no_consent", kept - reachable, allowed),
        Step("holdout", control, reached),
        Step("reached", BitMap(), reached),
    )
    return Waterfall(steps, holdout_percent)
