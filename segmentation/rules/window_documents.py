"""Windows of time as JSON: {"past_days": 30}, {"calendar": "this_month"}, {"between": ["2026-01-01", "2026-02-01"]}."""

from typing import Any
from zoneinfo import ZoneInfo

from segmentation.rules.own_windows import read_around, write_around
from segmentation.rules.reading import Reading
from segmentation.rules.values import INSTANT_FORM, read_instant, write
from segmentation.rules.windows import (
    ANNIVERSARY,
    KINDS,
    LONGEST_DAYS,
    LONGEST_HOURS,
    MOST_DAYS_AROUND,
    PERIODS,
    Window,
)


def read_window(reading: Reading, raw: object, path: str, *, own: bool = False) -> Window | None:
    """The window from JSON, also one that each customer has an own one of if `own`; None with a problem noted."""
    if (document := reading.mapping(raw, path)) is None:
        return None
    kinds = KINDS.keys() if own else KINDS.keys() - {ANNIVERSARY}
    if len(document) != 1 or not document.keys() <= kinds:
        reading.problem(path, "no_condition", choices=sorted(kinds))
        return None
    [(kind, value)] = document.items()
    read = _read(reading, kind, value, f"{path}.{kind}")
    return None if read is None else Window(kind, read)


def write_window(window: Window, timezone: ZoneInfo) -> dict[str, Any]:
    """The window as JSON."""
    if window.kind == "days_ago":
        return {"days_ago": {"from": window.value[0], "to": window.value[1]}}
    if window.kind == "between":
        return {"between": [write(instant, timezone) for instant in window.value]}
    if window.kind == ANNIVERSARY:
        return {ANNIVERSARY: write_around(window.value)}
    if window.kind == "since":
        return {"since": write(window.value, timezone)}
    return {window.kind: window.value}


def _read(reading: Reading, kind: str, raw: object, path: str) -> Any:
    if kind in {"recent_days", "past_days"}:
        return reading.whole(raw, path, 1, LONGEST_DAYS)
    if kind == "rolling_hours":
        return reading.whole(raw, path, 1, LONGEST_HOURS)
    if kind == "calendar":
        return reading.choice(raw, path, PERIODS)
    if kind == "between":
        return _read_between(reading, raw, path)
    if kind == "days_ago":
        return _read_days_ago(reading, raw, path)
    if kind == ANNIVERSARY:
        return read_around(reading, raw, path)
    if kind == "since":
        return reading.value(read_instant, raw, path)
    if raw is not True:
        reading.problem(path, "not_true")
        return None
    return True


def _read_between(reading: Reading, raw: object, path: str) -> Any:
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        reading.problem(path, "not_a_pair")
        return None
    start, end = (reading.value(read_instant, one, f"{path}[{n}]") for n, one in enumerate(raw))
    if start is None or end is None:
        return None
    if start > end:
        reading.problem(path, "pair_upside_down")
    return start, end


def _read_days_ago(reading: Reading, raw: object, path: str) -> Any:
    if (document := reading.mapping(raw, path)) is None or not reading.keys(document, path, ("from", "to")):
        return None
    first = reading.whole(document["from"], f"{path}.from", 0, LONGEST_DAYS)
    last = reading.whole(document["to"], f"{path}.to", 0, LONGEST_DAYS)
    if first is None or last is None:
        return None
    if first < last:
        reading.problem(path, "days_upside_down")
    return first, last


def window_schema() -> dict[str, Any]:
    """JSON Schema of a window."""
    return {"$ref": "#/$defs/window"}


def own_window_schema() -> dict[str, Any]:
    """JSON Schema of a window that may be each customer's own."""
    return {"anyOf": [window_schema(), {"$ref": "#/$defs/own_window"}]}


def own_window_definition() -> dict[str, Any]:
    """What `own_window_schema` refers to."""
    days = {"type": "integer", "minimum": 0, "maximum": MOST_DAYS_AROUND}
    around = {
        "type": "object",
        "properties": {"of": {"type": "string"}, "before": days, "after": days},
        "required": ["of", "before", "after"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {ANNIVERSARY: around},
        "required": [ANNIVERSARY],
        "additionalProperties": False,
    }


def window_definition() -> dict[str, Any]:
    """What `window_schema` refers to."""
    days = {"type": "integer", "minimum": 1, "maximum": LONGEST_DAYS}
    days_back = {"type": "integer", "minimum": 0, "maximum": LONGEST_DAYS}
    instant = {"type": "string", "pattern": f"^{INSTANT_FORM}$"}
    values: dict[str, Any] = {
        "recent_days": days,
        "past_days": days,
        "rolling_hours": {"type": "integer", "minimum": 1, "maximum": LONGEST_HOURS},
        "calendar": {"enum": list(PERIODS)},
        "between": {"type": "array", "items": instant, "minItems": 2, "maxItems": 2},
        "days_ago": {
            "type": "object",
            "properties": {"from": days_back, "to": days_back},
            "required": ["from", "to"],
            "additionalProperties": False,
        },
        "since": instant,
        "all_time": {"const": True},
    }
    return {
        "type": "object",
        "properties": values,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
