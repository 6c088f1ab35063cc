"""A figure: what we measure, what was published, and what must be reached."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """`line` is the pass line's number. `published` is None where nobody measured the same; `note` says what differs.

    `promise` and `limit` are the pass line itself; a figure without a limit is only shown beside the others.
    """

    line: str
    name: str
    ours: float
    published: float | None = None
    limit: float | None = None
    promise: Literal["at least", "at most"] = "at least"
    unit: str = ""
    note: str = ""

    @property
    def kept(self) -> bool:
        if self.limit is None:
            return True
        # Figures of numpy compare to its own kind of bool, which JSON does not know.
        return bool(self.ours >= self.limit if self.promise == "at least" else self.ours <= self.limit)

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "kept": self.kept}


def table(figures: Sequence[Figure]) -> str:
    """The figures for people, one a line."""
    width = max(len(figure.name) for figure in figures)
    lines = [f"{'line':6} {'':{width}}  {'ours':>10}  {'published':>10}  {'promise':>18}"]
    for one in figures:
        promise = "" if one.limit is None else f"{one.promise} {number(one.limit)}"
        words = "  ".join(part for part in (one.unit, "" if one.kept else "MISSED", one.note) if part)
        lines.append(
            f"{one.line:6} {one.name:{width}}  {number(one.ours):>10}  {number(one.published):>10}  {promise:>18}  "
            f"{words}".rstrip()
        )
    return "\n".join(lines)


def number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:.4g}"
