"""Which records can be stored, and in what form: the first step of the pipeline."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from customers.ingest.records import AliasRecord, CustomerRecord, EventRecord, Record

LONGEST_KEY = 100
LARGEST_EVENT = 1_000_000
# What broken clients send when they know of no user.
JUNK_IDS = frozenset({"", "null", "undefined", "none", "nan", "0", "-1", "guest", "anonymous", "[object object]"})

# The form of customer numbers that are made for anonymous ids.
_RESERVED = re.compile("~[0-9a-f]{24}")

_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True)
class Refusal:
    """A record that was not stored. `code` is stable and for machines."""

    record: Record
    code: str


@dataclass
class Checked:
    """Records that can be stored; an event comes with its properties as JSON text."""

    events: list[tuple[EventRecord, str]] = field(default_factory=list)
    customers: list[CustomerRecord] = field(default_factory=list)
    aliases: list[AliasRecord] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def check(records: Iterable[Record]) -> Checked:
    """Sort records into those that can be stored and those that cannot; one bad record harms no other."""
    checked = Checked()
    for record in records:
        try:
            if isinstance(record, EventRecord):
                checked.events.append(_checked_event(record))
            elif isinstance(record, AliasRecord):
                checked.aliases.append(_checked_alias(record))
            else:
                checked.customers.append(_checked_customer(record))
        except _RefusedError as refusal:
            checked.refused.append(Refusal(record, str(refusal)))
    return checked


class _RefusedError(Exception):
    """Carries the code of a refusal."""


def _checked_event(record: EventRecord) -> tuple[EventRecord, str]:
    _require(_is_storable_key(record.name), "event_name")
    _require_user_and_time(record)
    products = record.properties.get("products", [])
    _require(isinstance(products, list) and set(map(type, products)) <= {dict}, "products_not_a_list_of_objects")
    properties, encoded = _as_json(record.properties)
    if properties is not record.properties or not _is_storable_key(record.message_id):
        record = msgspec.structs.replace(record, properties=properties, message_id=_short_id(record.message_id))
    return record, encoded


def _checked_customer(record: CustomerRecord) -> CustomerRecord:
    _require_user_and_time(record)
    traits, _ = _as_json(record.traits)
    return record if traits is record.traits else msgspec.structs.replace(record, traits=traits)


def _checked_alias(record: AliasRecord) -> AliasRecord:
    _require(_is_somebody(record.user_id) and _is_somebody(record.previous_id), "no_customer")
    _require(record.user_id != record.previous_id, "alias_ids")
    _require(record.time.tzinfo is not None, "time_without_zone")
    return record


def _is_somebody(user_id: str) -> bool:
    return _is_storable_key(user_id) and user_id.lower() not in JUNK_IDS and not _RESERVED.fullmatch(user_id)


def _require_user_and_time(record: EventRecord | CustomerRecord) -> None:
    known = [name for name in (record.user_id, record.anonymous_id) if name]
    _require(bool(known) and all(map(_is_somebody, known)), "no_customer")
    _require(record.time.tzinfo is not None, "time_without_zone")


def _require(condition: bool, code: str) -> None:
    if not condition:
        raise _RefusedError(code)


def _as_json(properties: dict[str, object]) -> tuple[dict[str, object], str]:
    """Properties as both databases can store them, and their JSON text. The very same dict if nothing was wrong."""
    try:
        encoded = _encoder.encode(properties)
        if b"\\u0000" in encoded:
            properties = _repaired_all(properties)
            encoded = _encoder.encode(properties)
    except UnicodeEncodeError:
        properties = _repaired_all(properties)
        encoded = _encoder.encode(properties)
    except RecursionError:
        raise _RefusedError("too_deep") from None
    except (TypeError, ValueError):
        raise _RefusedError("not_json") from None
    _require(len(encoded) <= LARGEST_EVENT, "too_large")
    return properties, encoded.decode()


def _repaired_all(properties: dict[str, object]) -> dict[str, object]:
    return {str(_repaired(name)): _repaired(value) for name, value in properties.items()}


def _repaired(value: object) -> object:
    """NUL and lone surrogates, which PostgreSQL refuses, become the replacement character."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return _repaired_all(value)
    return [_repaired(part) for part in value] if isinstance(value, list) else value


def _is_storable_key(text: str) -> bool:
    """Short enough for its column, without NUL and lone surrogates."""
    if not 0 < len(text) <= LONGEST_KEY or "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _short_id(message_id: str) -> str:
    if _is_storable_key(message_id):
        return message_id
    return sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()
