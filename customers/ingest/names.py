"""Under which names a record is told, and what else it says about who is meant."""

from collections.abc import Iterable, Iterator

from customers.identities import Alias, Key, Kind, Mention, contact
from customers.ingest.records import AliasRecord, CustomerRecord, EventRecord


def name_of(record: EventRecord | CustomerRecord) -> Key:
    """The name under which its facts are kept: the user id, else the anonymous id."""
    return _user(record.user_id) if record.user_id else _anonymous(record.anonymous_id)


def mention_of(record: EventRecord | CustomerRecord) -> Mention:
    """Whom the record is about, and under which other names."""
    others = list(record.known_as)
    if record.user_id and record.anonymous_id:
        others.append(_anonymous(record.anonymous_id))
    if isinstance(record, CustomerRecord):
        contacts = ((Kind.EMAIL, record.email), (Kind.PHONE, record.phone))
        others += [contact(kind, value) for kind, value in contacts if value]
    return Mention(name_of(record), record.time, tuple(others))


def alias_mentions(records: Iterable[AliasRecord]) -> Iterator[Mention]:
    """An alias tells of its user id: there is a customer of that name from now on."""
    return (Mention(_user(record.user_id), record.time) for record in records)


def aliases_of(records: Iterable[AliasRecord]) -> Iterator[Alias]:
    """What was given up may have been a user id or an anonymous id: senders do not say which."""
    for record in records:
        for previous in (_user(record.previous_id), _anonymous(record.previous_id)):
            yield Alias(previous, _user(record.user_id), record.time)


def _user(value: str) -> Key:
    return Kind.USER_ID.value, value


def _anonymous(value: str) -> Key:
    return Kind.ANONYMOUS_ID.value, value
