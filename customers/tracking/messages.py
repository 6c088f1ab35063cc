"""From a message as clients send it to records for the pipeline: identify, track, page, screen, group, alias."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from customers.ingest.records import AliasRecord, CustomerRecord, EventRecord
from customers.ingest.validate import JUNK_IDS
from customers.tracking.shapes import context_properties, ids_beside, orderly_products, split_traits
from customers.tracking.times import corrected, moment

Row = Mapping[str, Any]
Tracked = EventRecord | CustomerRecord | AliasRecord

LONGEST_ID = 100
# What a message that says nothing else than its type is called as an event.
PAGE, SCREEN, GROUP = "Page Viewed", "Screen Viewed", "Group Joined"


class MessageError(Exception):
    """A message that cannot be stored. `code` is the reason: stable and for machines."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Envelope:
    """What holds for all messages of a request: who sent it, when it came, and what its envelope says."""

    source_id: int
    received: datetime
    told: Row
    # What the path said: a message of /v1/track is a track message, even if it says nothing.
    kind: str = ""


def record_of(message: Row, envelope: Envelope) -> Tracked:
    """The record of one message. Raises MessageError."""
    kind = message.get("type") or envelope.kind
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise MessageError("unknown_type")
    return reader(message, envelope)


def message_id(message: Row) -> str:
    """The sender's id of the message; its hash if it fits no column, an id of our own if there is none."""
    told = message.get("messageId")
    if told is None or told == "":
        return str(uuid4())
    if not isinstance(told, str | int | float):
        raise MessageError("message_id")
    text = str(told)
    if len(text) > LONGEST_ID or "\0" in text or not _is_unicode(text):
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return text


def _track(message: Row, envelope: Envelope) -> EventRecord:
    name = message.get("event")
    if not isinstance(name, str) or not name.strip():
        raise MessageError("event_name")
    return _event(message, envelope, name.strip(), _object(message, "properties"))


def _view(message: Row, envelope: Envelope, name: str) -> EventRecord:
    properties = dict(_object(message, "properties"))
    for field in ("name", "category"):
        if isinstance(message.get(field), str):
            properties.setdefault(field, message[field])
    return _event(message, envelope, name, properties)


def _page(message: Row, envelope: Envelope) -> EventRecord:
    return _view(message, envelope, PAGE)


def _screen(message: Row, envelope: Envelope) -> EventRecord:
    return _view(message, envelope, SCREEN)


def _group(message: Row, envelope: Envelope) -> EventRecord:
    group = _id(message, "groupId")
    if not group:
        raise MessageError("group_id")
    return _event(message, envelope, GROUP, {**_object(message, "traits"), "group_id": group})


def _identify(message: Row, envelope: Envelope) -> CustomerRecord:
    user, anonymous = _who(message)
    context = _context(message, envelope)
    traits = {**_object(context, "traits"), **_object(message, "traits")}
    told, person = split_traits(traits)
    return CustomerRecord(
        user,
        _time(message, envelope),
        told,
        name=person.get("name", ""),
        email=person.get("email", ""),
        phone=person.get("phone", ""),
        address=person.get("address", ""),
        anonymous_id=anonymous,
        message_id=message_id(message),
        known_as=ids_beside(context),
    )


def _alias(message: Row, envelope: Envelope) -> AliasRecord:
    user, previous = _id(message, "userId"), _id(message, "previousId")
    if not user or not previous or user == previous:
        raise MessageError("alias_ids")
    return AliasRecord(previous, user, _time(message, envelope))


_READERS: dict[str, Callable[[Row, Envelope], Tracked]] = {
    "track": _track,
    "page": _page,
    "screen": _screen,
    "group": _group,
    "identify": _identify,
    "alias": _alias,
}


def _event(message: Row, envelope: Envelope, name: str, properties: Row) -> EventRecord:
    user, anonymous = _who(message)
    context = _context(message, envelope)
    return EventRecord(
        message_id(message),
        user,
        name,
        _time(message, envelope),
        orderly_products({**context_properties(context), **properties}),
        anonymous_id=anonymous,
        source_id=envelope.source_id,
        known_as=ids_beside(context),
    )


def _who(message: Row) -> tuple[str, str]:
    """User id and anonymous id, one of them perhaps empty. What broken clients send for nobody is nobody."""
    user, anonymous = _id(message, "userId"), _id(message, "anonymousId")
    if not user and not anonymous:
        raise MessageError("no_customer")
    return user, anonymous


def _id(message: Row, field: str) -> str:
    told = message.get(field)
    if told is None:
        return ""
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        raise MessageError("bad_id")
    text = str(int(told)) if isinstance(told, float) and told.is_integer() else str(told).strip()
    if text.lower() in JUNK_IDS:
        return ""
    if len(text) > LONGEST_ID or "\0" in text or not _is_unicode(text):
        raise MessageError("bad_id")
    return text


def _time(message: Row, envelope: Envelope) -> datetime:
    told = envelope.told
    try:
        happened = moment(message.get("originalTimestamp") or message.get("timestamp") or told.get("timestamp"))
        sent = moment(message.get("sentAt") or told.get("sentAt"))
    except ValueError:
        raise MessageError("bad_time") from None
    return corrected(happened=happened, sent=sent, received=envelope.received)


def _context(message: Row, envelope: Envelope) -> Row:
    return {**_object(envelope.told, "context"), **_object(message, "context")}


def _object(message: Row, field: str) -> Row:
    """A part that is an object; missing or null is an empty one."""
    told = message.get(field)
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise MessageError(f"{field}_not_an_object")
    return told


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
