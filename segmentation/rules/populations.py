"""Base populations: whom a rule is asked of. `not` is the complement within it."""

from typing import Any

from segmentation.rules.days import Moment
from segmentation.rules.nodes import Base
from segmentation.rules.reading import Reading
from segmentation.rules.rows import Person
from segmentation.rules.windows import LONGEST_DAYS, Bounds, Window, resolve

MARKETING = "marketing"
# Population → keys that its document may have besides.
KEYS = {"all": (), "identified": (), "active": ("days",), "contactable": ("channel", "purpose")}


def read_base(reading: Reading, raw: object, path: str) -> Base | None:
    """The base from JSON; None with problems noted."""
    if (document := reading.mapping(raw, path)) is None:
        return None
    if "population" not in document:
        reading.problem(path, "missing_key", key="population")
        return None
    population = reading.choice(document["population"], f"{path}.population", KEYS)
    if population is None:
        return None
    optional = ("purpose",) if population == "contactable" else ()
    needed = ("population", *(key for key in KEYS[population] if key not in optional))
    if not reading.keys(document, path, needed, optional):
        return None
    if population == "active":
        days = reading.whole(document["days"], f"{path}.days", 1, LONGEST_DAYS)
        return None if days is None else Base(population, days=days)
    if population == "contactable":
        return _read_contactable(reading, document, path)
    return Base(population)


def _read_contactable(reading: Reading, document: dict[str, Any], path: str) -> Base | None:
    channel = document["channel"]
    if reading.name(channel, f"{path}.channel", reading.catalog.channels, "channel") is None:
        return None
    purpose = document.get("purpose", MARKETING)
    if not isinstance(purpose, str) or not purpose:
        reading.problem(f"{path}.purpose", "not_text")
        return None
    return Base("contactable", channel=channel, purpose=purpose)


def write_base(base: Base) -> dict[str, Any]:
    """The base as JSON, everything stated."""
    return {"population": base.population, **{key: getattr(base, key) for key in KEYS[base.population]}}


def consent(base: Base) -> str:
    """The consent that a contactable customer has given, as the lake writes it."""
    return f"{base.purpose}:{base.channel}"


def active_window(base: Base, moment: Moment) -> Bounds:
    """When an active customer did something, anything."""
    return resolve(Window("recent_days", base.days), moment.as_of, moment.timezone)


def belongs(base: Base, person: Person, moment: Moment) -> bool:
    """The meaning, in plain Python."""
    if base.population == "identified":
        return person.identified
    if base.population == "active":
        bounds = active_window(base, moment)
        return any(event.time in bounds for event in person.events)
    if base.population == "contactable":
        return consent(base) in person.reachable
    return True


def base_schema() -> dict[str, Any]:
    """JSON Schema of a base."""
    properties: dict[str, dict[str, Any]] = {
        "days": {"type": "integer", "minimum": 1, "maximum": LONGEST_DAYS},
        "channel": {"type": "string"},
        "purpose": {"type": "string", "minLength": 1},
    }
    return {
        "anyOf": [
            {
                "type": "object",
                "properties": {"population": {"const": name}, **{key: properties[key] for key in keys}},
                "required": ["population", *(key for key in keys if key != "purpose")],
                "additionalProperties": False,
            }
            for name, keys in KEYS.items()
        ]
    }
