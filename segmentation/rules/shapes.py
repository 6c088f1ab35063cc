"""The shared half of predicates about the shape of what customers did: first ever, stopped, in sequence."""

from collections.abc import Collection
from typing import Any

from segmentation.rules.doings import Doing, read_doing
from segmentation.rules.predicates.base import Predicate
from segmentation.rules.reading import Reading
from segmentation.rules.vocabulary import EVENTS
from segmentation.rules.window_documents import read_window
from segmentation.rules.windows import Window


class ShapePredicate(Predicate):
    """A condition whose own key holds what was done."""

    # Or of items: the leaf says.
    table = EVENTS

    def _read(
        self,
        reading: Reading,
        document: dict[str, Any],
        path: str,
        needed: Collection[str],
        allowed: Collection[str] = (),
    ) -> tuple[Doing | None, bool]:
        """What was done, and whether the other keys are there."""
        known = reading.keys(document, path, (self.key, *needed), allowed)
        found = read_doing(reading, document[self.key], f"{path}.{self.key}")
        return (found[0] if found else None), known

    def _schema(self, parts: dict[str, Any], needed: Collection[str]) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": parts,
            "required": [self.key, *needed],
            "additionalProperties": False,
        }


def window_in(reading: Reading, document: dict[str, Any], path: str, key: str = "window") -> Window | None:
    """The window under a key; None with a problem noted, or if there is none (which `keys` has noted)."""
    return read_window(reading, document[key], f"{path}.{key}") if key in document else None


def window_with_start(reading: Reading, document: dict[str, Any], path: str, key: str) -> Window | None:
    """The same of a window that begins somewhere."""
    window = window_in(reading, document, path, key)
    if window is not None and window.kind == "all_time":
        reading.problem(f"{path}.{key}", "needs_a_start")
        return None
    return window
