"""Direct identifiers of customers: written encrypted, read decrypted, nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass

from customers import bulk
from customers.models import PersonalRecord
from customers.privacy.crypto import decrypt, encrypt

FIELDS = ("name", "email", "phone", "address")
_TABLE = PersonalRecord._meta.db_table


@dataclass(frozen=True)
class Person:
    """What may be known of a customer; an empty field says nothing."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    synthetic: bool = False


def read(record: PersonalRecord) -> dict[str, str]:
    """The identifiers of a record, in the clear, by field."""
    return {field: decrypt(getattr(record, field), table=_TABLE, column=field, row=record.pk) for field in FIELDS}


def write(people: Mapping[int, Person]) -> None:
    """Keep the identifiers of these customers (by id); an empty field leaves what is known, an equal one untouched."""
    named = {customer: person for customer, person in people.items() if any(getattr(person, f) for f in FIELDS)}
    known = PersonalRecord.objects.in_bulk(list(named))
    new = [_row(customer, person) for customer, person in named.items() if customer not in known]
    bulk.insert(PersonalRecord, ["customer", *FIELDS, "synthetic"], new, unless=["customer"])
    for customer, record in known.items():
        _update(record, named[customer])


def _row(customer: int, person: Person) -> tuple:
    sealed = (_sealed(person, field, customer) for field in FIELDS)
    return (customer, *sealed, person.synthetic)


def _update(record: PersonalRecord, person: Person) -> None:
    before = read(record)
    changed = [field for field in FIELDS if getattr(person, field) not in {"", before[field]}]
    for field in changed:
        setattr(record, field, _sealed(person, field, record.pk))
    if changed:
        record.synthetic = person.synthetic
        record.save(update_fields=[*changed, "synthetic"])


def _sealed(person: Person, field: str, customer: int) -> str:
    return encrypt(getattr(person, field), table=_TABLE, column=field, row=customer)
