"""What every source hands to the pipeline: events, and what is known of customers."""

from datetime import datetime

import msgspec


class EventRecord(msgspec.Struct, frozen=True):
    """Something that a customer did. The same `message_id` is the same event, for ever.

    Without a user id it is told of an anonymous id; with both, the two are the same person's.
    """

    message_id: str
    user_id: str
    name: str
    time: datetime
    properties: dict[str, object]
    anonymous_id: str = ""
    source_id: int | None = None
    # Further ids of the same person, as (kind, value).
    known_as: tuple[tuple[str, str], ...] = ()


class CustomerRecord(msgspec.Struct, frozen=True):
    """What is known of a customer. `name`, `email`, `phone` and `address` are kept encrypted, apart from `traits`.

    A trait that is None is forgotten; one that is not mentioned stays.
    """

    user_id: str
    time: datetime
    traits: dict[str, object] = {}
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    # Invented for a demo, not a real person's.
    synthetic: bool = False
    anonymous_id: str = ""
    # Decides between two that were told at the same time.
    message_id: str = ""
    known_as: tuple[tuple[str, str], ...] = ()


class AliasRecord(msgspec.Struct, frozen=True):
    """Two ids are the same person's: what was known as `previous_id` is `user_id` now."""

    previous_id: str
    user_id: str
    time: datetime


class ProductRecord(msgspec.Struct, frozen=True):
    """What the shop sells, with categories from the broadest to the finest."""

    sku: str
    name: str = ""
    category_path: list[str] = []
    brand: str = ""
    attributes: dict[str, object] = {}


Record = EventRecord | CustomerRecord | AliasRecord
