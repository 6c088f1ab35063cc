"""Puts everything encrypted under the newest key, while others read and write."""

import time
from collections.abc import Callable

from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q

from customers.locks import FACTS, take_turns
from customers.models import KeptKey
from customers.models.sealed import Sealed
from customers.privacy.crypto import VERSION, decrypt, encrypt, keep_keys, key_ids

# What derived keys are for that cannot be made anew, because the values themselves are not kept.
LASTING = ("blind index email", "blind index phone", "access log", "erased names", "second factor")
AT_ONCE = 200
# Seconds between two transactions in which those who wait to write get their turn: SQLite's lock knows no queue.
PAUSE = 0.02


def rotate(*, progress: Callable[[int], None] = lambda rows: None) -> int:
    """Encrypt what is not under the newest key anew, in small transactions; how many rows. Safe to kill and repeat."""
    with transaction.atomic():
        take_turns(FACTS)
        keep_keys(LASTING)
    done = 0
    for model, sealed in _models().items():
        while count := _next(model, sealed):
            done += count
            progress(done)
            time.sleep(PAUSE)
    return done


def waiting() -> int:
    """How many rows and kept keys need an older secret."""
    kept = KeptKey.objects.exclude(sealed__startswith=_newest()).count()
    kept += sum(not KeptKey.objects.filter(purpose=purpose).exists() for purpose in LASTING)
    return kept + sum(model._default_manager.filter(_old(sealed)).count() for model, sealed in _models().items())


def _models() -> dict[type[Model], Sealed]:
    """The models with encrypted columns, of whatever app."""
    found = {model: getattr(model, "sealed", None) for model in apps.get_models() if not model._meta.proxy}
    return {model: sealed for model, sealed in found.items() if isinstance(sealed, Sealed)}


def _next(model: type[Model], sealed: Sealed) -> int:
    with transaction.atomic():
        take_turns(FACTS)
        rows = list(model._default_manager.select_for_update().filter(_old(sealed))[:AT_ONCE])
        for row in rows:
            for field, column in sealed.columns.items():
                clear = decrypt(getattr(row, field), table=sealed.table, column=column, row=getattr(row, sealed.row))
                text = encrypt(clear, table=sealed.table, column=column, row=getattr(row, sealed.row))
                setattr(row, field, text)
        model._default_manager.bulk_update(rows, list(sealed.columns))
    return len(rows)


def _old(sealed: Sealed) -> Q:
    """Rows with a value under another key than the newest."""
    old = Q(pk__in=[])
    for column in sealed.columns:
        old |= ~Q(**{column: ""}) & ~Q(**{f"{column}__startswith": _newest()})
    return old


def _newest() -> str:
    return f"{VERSION}.{key_ids()[0]}."
