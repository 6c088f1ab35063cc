"""What every source hands to the pipeline: events, and what is known of customers."""

from datetime import datetime

import msgspec


class EventRecord(msgspec.Struct, frozen=True):
    """Something that a customer did. The same `message_id` is the same event, for ever."""

    message_id: str
    user_id: str
    name: str
    time: datetime
    properties: dict[str, object]


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


class ProductRecord(msgspec.Struct, frozen=True):
    """What the shop sells, with categories from the broadest to the finest."""

    sku: str
    name: str = ""
    category_path: list[str] = []
    brand: str = ""
    attributes: dict[str, object] = {}


Record = EventRecord | CustomerRecord
