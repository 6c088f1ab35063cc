"""Stores what is known of customers: traits in the open, identifiers encrypted. Of two, what was told later counts."""

from collections.abc import Mapping, Sequence

from customers import told
from customers.identities import Key
from customers.ingest.names import name_of
from customers.ingest.records import CustomerRecord
from customers.privacy import personal
from customers.privacy.personal import Person


def store_customers(records: Sequence[CustomerRecord], ids: Mapping[Key, int]) -> None:
    """Store the records; `ids` are the customers of their names. Belongs in a transaction."""
    if not records:
        return
    owned = [(ids[name_of(record)], record) for record in records]
    told.note([told.Change(pk, record.traits, record.time, record.message_id) for pk, record in owned])
    synthetic = {pk: record.synthetic for pk, record in owned}
    found = told.newest_identifiers(owned)
    personal.write({pk: Person(**fields, synthetic=synthetic[pk]) for pk, fields in found.items()})
