"""What a playbook is: groups to choose from, and a campaign that fits them."""

from dataclasses import dataclass
from typing import Any

from segmentation.rules.catalog import Labels


@dataclass(frozen=True)
class Variant:
    """One group of a playbook: its rule, and what to do for it."""

    key: str
    labels: Labels
    rule: dict[str, Any]
    offer: Labels

    def document(self) -> dict[str, Any]:
        return {"version": 1, "rule": self.rule}


@dataclass(frozen=True)
class Playbook:
    """A use with its groups. `metric` and `days`: how it is best measured; `columns`: what its list says."""

    key: str
    icon: str
    labels: Labels
    about: Labels
    variants: tuple[Variant, ...]
    metric: str
    days: int
    columns: tuple[str, ...]
    channel: str = "email"
    holdout_percent: int = 10
