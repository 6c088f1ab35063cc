"""Reads the conformance files, tests/contracts/rules/*.json, as docs/conformance.md describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from pyroaring import BitMap

from segmentation.rules.catalog import Catalog, Event, Field, Group, Labels
from segmentation.rules.origins import reference
from tests.segmentation.engines import worlds

FOLDER = Path(__file__).parent / "rules"
FILES = sorted(FOLDER.glob("*.json"))
FOREVER_AGO = datetime(1970, 1, 1, tzinfo=UTC)
Json = dict[str, Any]


@dataclass(frozen=True)
class World:
    """Customers, a moment, and the cases that are asked of them then."""

    about: str
    as_of: datetime
    timezone: str
    shop: worlds.Shop
    cases: list[Json]

    def document(self, case: Json) -> Json:
        """The whole rule of a case."""
        return {"version": 1, "timezone": self.timezone, "rule": case["rule"]}


def catalog_of(document: Json) -> Catalog:
    """The names and types of a file, each with the column that the worlds of tests keep it in."""
    return Catalog(
        traits=_fields(document["traits"], "t_"),
        features=_fields(document["features"], "f_"),
        events={
            name: Event(name, Labels(), _fields(of["properties"], "p_"), _fields(of["items"], "p_"))
            for name, of in document["events"].items()
        },
        tags={key: Group(key, Labels(), dict.fromkeys(values, Labels())) for key, values in document["tags"].items()},
        segments={key: Group(key) for key in document["segments"]},
        audiences={key: Group(key) for key in document["audiences"]},
        channels=dict.fromkeys(document["channels"], Labels()),
        timezone=document["timezone"],
    )


def _fields(types: Mapping[str, str], prefix: str) -> dict[str, Field]:
    return {name: Field(name, type, _column(name, prefix)) for name, type in types.items()}


def _column(name: str, prefix: str) -> str:
    return name if name in worlds.PRODUCT else prefix + name


def worlds_of(document: Json, catalog: Catalog) -> list[World]:
    """The worlds of a file."""
    return [
        World(
            about=world["about"],
            as_of=datetime.fromisoformat(world["as_of"]),
            timezone=world.get("timezone", catalog.timezone),
            shop=_shop(world, catalog),
            cases=world["cases"],
        )
        for world in document["worlds"]
    ]


def _shop(world: Json, catalog: Catalog) -> worlds.Shop:
    shop, numbers, seen = worlds.Shop(), count(1), set[str]()
    for customer in world["customers"]:
        fixed = {"customer_id": customer["id"], "external_id": f"C{customer['id']}", "first_seen": FOREVER_AGO}
        known = {"identified": customer.get("identified", True), "reachable": customer.get("consents", [])}
        traits = _row(customer.get("traits", {}), catalog.traits)
        shop.customers.append({**fixed, **known, **traits})
        for told in customer.get("features", []):
            as_of = datetime.fromisoformat(told["as_of"])
            row = {"customer_id": customer["id"], "as_of": as_of, "as_of_date": as_of.date()}
            shop.features.append({**row, **_row(told["values"], catalog.features)})
        for event in [*customer.get("events", []), *customer.get("item_lines", [])]:
            if event.get("message_id") in seen:
                continue
            seen |= {event["message_id"]} if "message_id" in event else set()
            _add(shop, event, customer["id"], next(numbers), catalog)
    for one in world.get("sets", []):
        name = reference(one["key"], one["value"], one["origin"]) if "origin" in one else None
        shop.references[name or (one["kind"], one["key"], one["value"])] = BitMap(one["members"])
    return shop


def _add(shop: worlds.Shop, event: Json, customer: int, number: int, catalog: Catalog) -> None:
    of = catalog.events[event["event"]]
    row = {"event_id": number, "customer_id": customer, "event": of.name, "time": _instant(event["time"])}
    if "event_id" in event:
        row["event_id"] = 1_000_000 + event["event_id"]
    else:
        shop.events.append({**row, **_row(event.get("properties", {}), of.properties)})
    for position, item in enumerate(event.get("items", [])):
        shop.items.append({**row, "position": position, **_row(item, of.item_properties)})


def _row(values: Json, fields: Mapping[str, Field]) -> Json:
    return {fields[name].column: _value(value, fields[name].type) for name, value in values.items()}


def _value(value: Any, type: str) -> Any:
    if value is None:
        return None
    if type == "datetime":
        return _instant(value)
    if type == "date":
        return date.fromisoformat(value)
    return float(value) if type == "number" else value


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
