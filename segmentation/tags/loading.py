"""Tag kinds by key. A kind is loaded when it is first asked for."""

from typing import Any

import msgspec

from customers import plugins
from segmentation.tags.kinds.base import Kind

KINDS = "segmentation.tags.kinds"
AnyKind = Kind[Any]


def kind_of(key: str) -> AnyKind:
    """The kind with this key; raises LookupError, naming those there are."""
    return plugins.load(KINDS, key, Kind)


def all_kinds() -> dict[str, AnyKind]:
    """Every kind by key."""
    return plugins.load_all(KINDS, Kind)


def definition_of(key: str, saved: dict[str, Any]) -> msgspec.Struct:
    """A saved definition as an object of its kind."""
    return kind_of(key).read(saved)
