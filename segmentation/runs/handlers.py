"""Which code answers which kind of run. Stages register in their own handlers.py; segmentation.tasks imports those."""

from collections.abc import Callable
from typing import Any

from segmentation.errors import SegmentationError
from segmentation.runs.claims import Claim

# Computes, then commits through the claim; what it returns becomes the run's result if it did not commit itself.
Handler = Callable[[Claim], dict[str, Any] | None]

_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Decorator: runs of `kind` are answered by this function. A second one for the same kind is a mistake."""

    def register(handler: Handler) -> Handler:
        if _handlers.get(kind, handler).__qualname__ != handler.__qualname__:
            raise ValueError(f"Runs of kind {kind!r} already have a handler.")
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """The handler of `kind`."""
    try:
        return _handlers[kind]
    except KeyError:
        raise SegmentationError(f"There is no handler for runs of kind {kind!r}.", code="unknown_kind") from None


def kinds() -> tuple[str, ...]:
    """All kinds that can run here."""
    return tuple(sorted(_handlers))
