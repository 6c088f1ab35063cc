"""A claim: what was measured, against what was promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Claim:
    """The median of several measurements. `ratio` is at most 1 when the promise is kept, whichever way it points."""

    name: str
    measurements: tuple[float, ...]
    unit: str
    promise: Literal["at most", "at least"]
    limit: float

    @property
    def measured(self) -> float:
        return median(self.measurements)

    @property
    def ratio(self) -> float:
        return self.measured / self.limit if self.promise == "at most" else self.limit / self.measured

    @property
    def kept(self) -> bool:
        return self.ratio <= 1

    def as_json(self) -> dict[str, object]:
        return {
            "claim": self.name,
            "measured": self.measured,
            "measurements": list(self.measurements),
            "unit": self.unit,
            "promise": f"{self.promise} {self.limit:g}",
            "ratio": round(self.ratio, 3),
        }


def at_most(name: str, limit: float, unit: str, measurements: Sequence[float]) -> Claim:
    return Claim(name, tuple(measurements), unit, "at most", limit)


def at_least(name: str, limit: float, unit: str, measurements: Sequence[float]) -> Claim:
    return Claim(name, tuple(measurements), unit, "at least", limit)


def table(claims: Sequence[Claim]) -> str:
    """The claims for people, one a line."""
    width = max(len(claim.name) for claim in claims)
    lines = [f"{'':{width}}  {'measured':>12}  {'promised':>21}  {'ratio':>6}"]
    for claim in claims:
        promise = f"{claim.promise} {_number(claim.limit)}"
        verdict = "" if claim.kept else "  NOT KEPT"
        lines.append(
            f"{claim.name:{width}}  {_number(claim.measured):>12}  {promise:>21}  {claim.ratio:>6.2f}  "
            f"{claim.unit}{verdict}"
        )
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
