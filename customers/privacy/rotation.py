"""Puts everything encrypted under the newest key, while others read and write."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Model, Q

from customers.locks import FACTS, take_turns
from customers.models import KeptKey, PersonalRecord, QuarantinedMessage
from customers.privacy import personal
from customers.privacy.crypto import VERSION, decrypt, encrypt, keep_keys, key_ids

# Model → its encrypted columns, and what names the row in them.
SEALED: dict[type[Model], tuple[Sequence[str], str]] = {
    PersonalRecord: (personal.FIELDS, "pk"),
    QuarantinedMessage: (("payload",), "digest"),
}
# What derived keys are for that cannot be made anew, because the values themselves are not kept.
LASTING = ("blind index email", "blind index phone", "access log", "erased names")
AT_ONCE = 500


def rotate(*, progress: Callable[[int], None] = lambda rows: None) -> int:
    """Encrypt what is not under the newest key anew, in small transactions; how many rows. Safe to kill and repeat."""
    with transaction.atomic():
        take_turns(FACTS)
        keep_keys(LASTING)
    done = 0
    for model in SEALED:
        while count := _next(model):
            done += count
            progress(done)
    return done


def waiting() -> int:
    """How many rows and kept keys need an older secret."""
    kept = KeptKey.objects.exclude(sealed__startswith=_newest()).count()
    kept += sum(not KeptKey.objects.filter(purpose=purpose).exists() for purpose in LASTING)
    return kept + sum(model._default_manager.filter(_old(model)).count() for model in SEALED)


def _next(model: type[Model]) -> int:
    columns, named = SEALED[model]
    with transaction.atomic():
        take_turns(FACTS)
        rows = list(model._default_manager.select_for_update().filter(_old(model))[:AT_ONCE])
        for row in rows:
            place = {"table": model._meta.db_table, "row": getattr(row, named)}
            for column in columns:
                clear = decrypt(getattr(row, column), column=column, **place)
                setattr(row, column, encrypt(clear, column=column, **place))
        model._default_manager.bulk_update(rows, columns)
    return len(rows)


def _old(model: type[Model]) -> Q:
    """Rows with a value under another key than the newest."""
    old = Q(pk__in=[])
    for column in SEALED[model][0]:
        old |= ~Q(**{column: ""}) & ~Q(**{f"{column}__startswith": _newest()})
    return old


def _newest() -> str:
    return f"{VERSION}.{key_ids()[0]}."
