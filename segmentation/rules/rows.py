"""Customers as rows, for the plain meaning of rules: what the lake knows of each, by lake column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event, or one item of an event: then `event_id` is shared by the items of that event."""

    event_id: int
    event: str
    time: datetime
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> tuple[datetime, int, int]:
        """What comes first: by time, then by number, then by place in the event."""
        return self.time, self.event_id, self.values.get("position") or 0


@dataclass(frozen=True, slots=True)
class Person:
    """All that rules can ask of one customer. `features` are those of the newest base date up to the moment."""

    id: int
    identified: bool = False
    # Purpose and channel of each consent that is given: "marketing:email".
    reachable: frozenset[str] = frozenset()
    traits: Mapping[str, Any] = field(default_factory=dict)
    features: Mapping[str, Any] = field(default_factory=dict)
    events: Sequence[Occurrence] = ()
    items: Sequence[Occurrence] = ()
