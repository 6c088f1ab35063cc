"""Which ready tags a shop's data allow."""

from dataclasses import dataclass, field
from typing import Any

from segmentation.rules.catalog import Catalog
from segmentation.tags.loading import kind_of
from segmentation.tags.problems import Problem
from segmentation.tags.taxonomy.base import ReadyTag


@dataclass(frozen=True)
class Fit:
    """The definition that the data allow, or None and what is missing for the first one."""

    definition: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)


def fit(ready: ReadyTag, catalog: Catalog) -> Fit:
    """The first definition of a ready tag that speaks only of what there is."""
    kind = kind_of(ready.kind)
    found = [(definition, kind.problems(definition, catalog)) for definition in ready.definitions]
    for definition, problems in found:
        if not problems:
            return Fit(definition)
    return Fit(None, found[0][1])
