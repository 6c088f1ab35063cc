"""What collaborative and propagated tags are told: a tag to learn from, and purchases to compare customers by."""

from typing import Annotated, Any

import msgspec

from segmentation.rules.catalog import Catalog
from segmentation.tags.kinds.base import Value
from segmentation.tags.names import ValueName
from segmentation.tags.problems import Problem, problem

ORDER = "Order Completed"


class Source(msgspec.Struct, forbid_unknown_fields=True):
    """From which tag, without which of its values ("unknown" is no answer), and by which property of items."""

    tag: str
    ignore: list[str] = msgspec.field(default_factory=lambda: ["unknown"])
    property: str = "category"
    past_days: Annotated[int, msgspec.Meta(ge=1)] | None = 365
    # The values' names as they are in the tag; filled in when it is saved.
    names: list[ValueName] = msgspec.field(default_factory=list)


def source_problems(source: Source, catalog: Catalog) -> list[Problem]:
    """What there is not."""
    found = []
    if source.tag not in catalog.tags:
        found.append(problem("tag", "unknown_name", name=source.tag))
    if ORDER not in catalog.events:
        found.append(problem("property", "unknown_event", name=ORDER))
    elif source.property not in catalog.events[ORDER].item_properties:
        found.append(problem("property", "unknown_property", event=ORDER, name=source.property))
    return found


def with_names(source: Source, catalog: Catalog) -> dict[str, Any]:
    """The definition with the values' names as the tag has them now."""
    labels = catalog.tags[source.tag].values if source.tag in catalog.tags else {}
    names = [ValueName(key, text.zh or key, text.en or key) for key, text in labels.items() if key not in source.ignore]
    saved: dict[str, Any] = msgspec.to_builtins(source)
    return {**saved, "names": msgspec.to_builtins(names)}


def values_of(source: Source) -> tuple[Value, ...]:
    """The values that can be given."""
    return tuple(Value.named(name) for name in source.names)
