"""Messages that could not be stored: kept encrypted with the reason, shown, and tried again when somebody asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import bulk
from customers.ingest.pipeline import ingest
from customers.locks import FACTS, take_turns
from customers.models import QuarantinedMessage
from customers.privacy.crypto import decrypt, encrypt
from customers.tracking import books
from customers.tracking.bodies import Message, Unreadable, read, text_of
from customers.tracking.messages import Envelope, MessageError, record_of

State = QuarantinedMessage.State
LARGEST_KEPT = 1_000_000
_TABLE = QuarantinedMessage._meta.db_table
_FIELDS = [
    "digest", "source", "kind", "event", "message_id", "reason", "state", "received_at", "size", "payload",
]  # fmt: skip

# Reason → what it says to people.
REASONS = {
    "alias_ids": _("An alias needs a user id and another previous id"),
    "bad_id": _("An id is too long or no text"),
    "bad_time": _("A time that cannot be read"),
    "context_not_an_object": _("The context is not an object"),
    "event_name": _("No event name, or one that is too long"),
    "group_id": _("No group id"),
    "message_id": _("A message id that is no text"),
    "no_customer": _("Neither a usable user id nor an anonymous id"),
    "not_json": _("Not readable as JSON"),
    "products_not_a_list_of_objects": _("Products are not a list of objects"),
    "properties_not_an_object": _("The properties are not an object"),
    "time_without_zone": _("A time without a zone"),
    "too_deep": _("Nested too deeply"),
    "too_large": _("Larger than a message may be"),
    "traits_not_an_object": _("The traits are not an object"),
    "unknown_type": _("A kind of message that is not known"),
}


@dataclass(frozen=True)
class SetAside:
    """A message, why it is not stored, and what came with it."""

    message: Message
    reason: str
    envelope: Envelope


def check_size(message: Message, largest: int) -> None:
    """Raise MessageError for a message of more than `largest` bytes."""
    if len(text_of(message)) > largest:
        raise MessageError("too_large")


def keep(aside: Sequence[SetAside]) -> list[SetAside]:
    """Keep what is set aside, each message once however often it is sent; say which are new."""
    if not aside:
        return []
    texts = {_digest(one): one for one in reversed(aside)}
    known = bulk.present(QuarantinedMessage, "digest", list(texts))
    new = {digest: one for digest, one in texts.items() if digest not in known}
    bulk.insert(QuarantinedMessage, _FIELDS, [_row(digest, one) for digest, one in new.items()], unless=["digest"])
    return list(new.values())


def payload_of(message: QuarantinedMessage) -> bytes:
    """The message as it came; empty if it was too large to be kept."""
    return decrypt(message.payload, table=_TABLE, column="payload", row=message.digest).encode("utf-8", "surrogatepass")


def replay(*, kept: QuarantinedMessage) -> bool:
    """Try again to store a message that waits; say whether it is stored now. If not, it waits with the new reason."""
    with transaction.atomic():
        take_turns(FACTS)
        fresh = QuarantinedMessage.objects.select_for_update().get(pk=kept.pk)
        if fresh.state != State.WAITING or not fresh.payload:
            return False
        envelope = Envelope(fresh.source_id, fresh.received_at, {}, fresh.kind)
        reason, stored = _stored_now(read(payload_of(fresh)), envelope)
        if reason:
            fresh.reason = reason
        else:
            fresh.state, fresh.payload = State.REPLAYED, ""
            books.add({books.page_of(envelope): stored})
        fresh.save(update_fields=["reason", "state", "payload"])
    return not reason


def drop(*, messages: QuerySet[QuarantinedMessage]) -> int:
    """Somebody decided that these will not be stored. Their text is forgotten."""
    return messages.filter(state=State.WAITING).update(state=State.DROPPED, payload="")


def _stored_now(message: Message, envelope: Envelope) -> tuple[str, books.Counts]:
    """Why it still cannot be stored (empty: it is), and what it counts as."""
    try:
        if isinstance(message, Unreadable):
            raise MessageError("not_json")
        check_size(message, largest_message())
        report = ingest([record_of(message, envelope)], received_at=envelope.received)
    except MessageError as error:
        return error.code, books.Counts()
    counts = books.Counts(report.stored, report.customers, len(report.duplicates))
    return (report.refused[0].code if report.refused else ""), counts


def largest_message() -> int:
    """Bytes that one message may have."""
    return int(settings.TRACKING_MESSAGE_LIMIT)


def _digest(one: SetAside) -> str:
    identity = f"{one.envelope.source_id} {one.reason} ".encode()
    message = one.message
    if not isinstance(message, Unreadable) and message.get("messageId"):
        # Clients renew sentAt on every attempt: the id says whether it is the same message.
        return sha256(identity + repr(message["messageId"]).encode("utf-8", "surrogatepass")).hexdigest()
    return sha256(identity + text_of(message)).hexdigest()


def _complete(one: SetAside) -> Message:
    """With what the envelope says of all its messages: it is read again without it."""
    if isinstance(one.message, Unreadable):
        return one.message
    return {
        name: one.envelope.told[name] for name in ("sentAt", "timestamp", "context") if name in one.envelope.told
    } | (one.message)


def _row(digest: str, one: SetAside) -> tuple:
    text = text_of(_complete(one))
    shown: dict = {} if isinstance(one.message, Unreadable) else one.message
    payload = text.decode("utf-8", "replace") if len(text) <= LARGEST_KEPT else ""
    return (
        digest,
        one.envelope.source_id,
        _short(shown.get("type") or one.envelope.kind, 20),
        _short(shown.get("event"), 100),
        _short(shown.get("messageId"), 100),
        one.reason,
        State.WAITING.value,
        bulk.stored_time(timezone.now()),
        len(text),
        encrypt(payload, table=_TABLE, column="payload", row=digest),
    )


def _short(value: object, length: int) -> str:
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:length]
