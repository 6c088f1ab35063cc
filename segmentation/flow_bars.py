"""The flow on a terminal: a live bar for what is being done, and a line with its rate for all that is done."""

import time
from types import TracebackType
from typing import Self

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from segmentation import flow
from segmentation.runs.models import Run

# What took less, in seconds, or was less, in rows, gets no line of its own.
WORTH_A_LINE, MANY = 1.0, 1000


class Bars:
    """A listener of the flow and its steps. Without a terminal there are the lines alone."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self._step = ""
        self._step_began = self._phase_began = time.monotonic()
        self._bar: tqdm | None = None

    def listen(self, run: Run, phase: str, done: int, total: int) -> None:
        """What the claims of the flow and of its steps call."""
        if run.kind == flow.KIND:
            self._next_step(f"[{done + 1}/{total}] {phase}")
        else:
            self._show(phase, done, total)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        self._next_step("")

    def _next_step(self, name: str) -> None:
        if name == self._step:
            return
        self._end_phase()
        if self._step:
            self.out.write(f"{self._step}: {time.monotonic() - self._step_began:.1f} s")
        self._step, self._step_began = name, time.monotonic()

    def _show(self, phase: str, done: int, total: int) -> None:
        description = f"{self._step} {phase}".strip()
        if self._bar is None or self._bar.desc != description:
            self._end_phase()
            self._bar = tqdm(desc=description, total=total or None, unit="", unit_scale=True, leave=False, disable=None)
            self._bar.desc, self._phase_began = description, time.monotonic()
        self._bar.total = total or None
        self._bar.n = done
        self._bar.refresh()

    def _end_phase(self) -> None:
        if self._bar is None:
            return
        seconds = time.monotonic() - self._phase_began
        self._bar.close()
        if seconds >= WORTH_A_LINE and self._bar.n >= MANY:
            self.out.write(f"{self._bar.desc}: {self._bar.n:,} in {seconds:.1f} s ({self._bar.n / seconds:,.0f} per s)")
        self._bar = None
