"""Progress bars of the command line."""

from collections.abc import Mapping

from tqdm import tqdm


class Bars:
    """A bar with rate for each step, one after the other; call it with a step and the rows done."""

    def __init__(self, totals: Mapping[str, int | None], *, quiet: bool = False) -> None:
        self.totals, self.quiet = totals, quiet
        self.step, self.bar = "", tqdm(disable=True)

    def __call__(self, step: str, rows: int) -> None:
        if step != self.step:
            self.close()
            description = step.replace("_", " ")
            self.step = step
            self.bar = tqdm(
                desc=description, total=self.totals.get(step), unit=" rows", disable=self.quiet, unit_scale=True
            )
        self.bar.update(rows)

    def close(self) -> None:
        self.bar.close()
