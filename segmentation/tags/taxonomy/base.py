"""How ready categories and tags are written, and the words to write rules with."""

from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]

ORDER = "Order Completed"


@dataclass(frozen=True)
class ReadyCategory:
    """A folder of the taxonomy; `parent` is the key of the one it is in."""

    key: str
    zh: str
    en: str
    parent: str = ""


@dataclass(frozen=True)
class ReadyTag:
    """A tag as it is made. Of several definitions the first that the shop's data allows is taken."""

    key: str
    category: str
    zh: str
    en: str
    kind: str
    definitions: tuple[dict[str, Any], ...]
    description_zh: str
    description_en: str
    exclusive: bool = True
    # In a shop with fewer customers it could not be computed.
    least_customers: int = 0


def rules(*values: dict[str, Any], otherwise: tuple[str, str, str] | None = None) -> dict[str, Any]:
    """The definition of a tag by rules; `otherwise` is the key and names of whoever fits none."""
    return {"values": list(values), "otherwise": name(*otherwise) if otherwise else None}


def value(key: str, zh: str, en: str, rule: Node) -> dict[str, Any]:
    """A value with its rule."""
    return {**name(key, zh, en), "rule": {"version": 1, "rule": rule}}


def name(key: str, zh: str, en: str) -> dict[str, Any]:
    return {"key": key, "zh": zh, "en": en}


def bands(feature: str, cuts: list[float], *names: tuple[str, str, str], by: str = "bounds", **more: Any) -> Node:
    """The definition of a tag by bands of a feature."""
    return {"feature": feature, "by": by, "cuts": cuts, "names": [name(*one) for one in names], **more}


def feature(key: str, op: str, value: Any = None) -> Node:
    return {"feature": key, "op": op, **({} if value is None else {"value": value})}


def trait(key: str, op: str, value: Any) -> Node:
    return {"trait": key, "op": op, "value": value}


def times(event: str, op: str, value: Any, **window: Any) -> Node:
    """How often an event happened in a window (all time when none is given)."""
    return {
        "event": event,
        "measure": {"count": True},
        "op": op,
        "value": value,
        "window": window or {"all_time": True},
    }


def every(*parts: Node) -> Node:
    return {"all": list(parts)}


def some(*parts: Node) -> Node:
    return {"any": list(parts)}


def none(part: Node) -> Node:
    return {"not": part}
