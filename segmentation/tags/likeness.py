"""What collaborative and propagated tags have in common: a tag to learn from, purchases to compare by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from scipy import sparse

from segmentation.rules.catalog import Catalog
from segmentation.tags.kinds.base import Context, TagError, Value
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


@dataclass(frozen=True)
class Likeness:
    """`counts[i]` is what customer `ids[i]` bought; `labels[i, v]` whether it is known to have `values[v]`."""

    ids: NDArray[np.uint32]
    counts: sparse.csr_array
    labels: NDArray[np.bool_]
    values: Sequence[str]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Who has any of the values."""
        return np.asarray(self.labels.any(axis=1))


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


def likeness(source: Source, context: Context) -> Likeness:
    """Everybody who bought anything, with what is known of them. Raises TagError where nobody is known."""
    items = context.items(ORDER, source.property, source.past_days)
    ids, rows = np.unique(items.ids, return_inverse=True)
    counts = sparse.csr_array(
        (items.counts.astype(np.float64), (rows, items.values)), shape=(len(ids), len(items.texts))
    )
    members = {key: having for key, having in context.tagged(source.tag).items() if key not in source.ignore}
    labels = np.zeros((len(ids), len(members)), dtype=bool)
    for place, having in enumerate(members.values()):
        labels[:, place] = np.isin(ids, np.array(having, dtype=np.uint32))
    if not labels.any():
        raise TagError(f"No customer with purchases has a value of the tag {source.tag}.", code="no_seeds")
    return Likeness(ids.astype(np.uint32), counts, labels, list(members))


def members_by_value(like: Likeness, asked: NDArray[np.intp], chosen: NDArray[np.intp]) -> dict[str, BitMap]:
    """Customers by the value chosen for them; −1 is none."""
    return {value: BitMap(like.ids[asked[chosen == place]]) for place, value in enumerate(like.values)}
