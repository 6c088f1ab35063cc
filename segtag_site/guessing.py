"""A brake on guessing passwords: after a few failures in a row a name or an address has to wait.

Counted in the access log, where failures stand anyway, so that it holds for all processes and survives a restart. Names
and addresses are kept as keyed hashes.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import AccessLog
from customers.privacy import access_log

FAILED, DONE = "sign_in.failed", "sign_in"
WAIT = timedelta(minutes=15)
# Failures within WAIT: of one name from one address, of one name from anywhere, from one address.
MOST_OF_BOTH, MOST_OF_NAME, MOST_OF_ADDRESS = 5, 20, 50
_HALF = 32


@contextmanager
def braked(*, name: str, address: str, tried: bool = True) -> Iterator[None]:
    """Look at a password or code in here: refused unlooked at after too many failures; a ValidationError counts as one.

    `tried` is False where nothing was given that could be right.
    """
    if must_wait(name=name, address=address):
        raise ValidationError(_("Too many tries. Wait a quarter of an hour, then try again."), code="must_wait")
    try:
        yield
    except ValidationError:
        if tried:
            note(name=name, address=address, user=None)
        raise


def must_wait(*, name: str, address: str) -> bool:
    """Whether this try has to be refused unlooked at. A success of the name from there begins the count anew."""
    of_name, of_address = _hashed(name.casefold()), _hashed(address)
    recent = AccessLog.objects.filter(object_kind="sign-in", at__gte=timezone.now() - WAIT)
    success = recent.filter(action=DONE, object_key=of_address + of_name).order_by("-id").first()
    failures = recent.filter(action=FAILED)
    both = failures.filter(object_key=of_address + of_name, pk__gt=success.pk if success else 0)
    return (
        both.count() >= MOST_OF_BOTH
        or failures.filter(object_key__endswith=of_name).count() >= MOST_OF_NAME
        or failures.filter(object_key__startswith=of_address).count() >= MOST_OF_ADDRESS
    )


def note(*, name: str, address: str, user: AbstractBaseUser | None) -> None:
    """Write down a sign-in, or without a user a try that failed."""
    access_log.record(
        actor=user,
        action=DONE if user else FAILED,
        object_kind="sign-in",
        object_key=_hashed(address) + _hashed(name.casefold()),
    )


def _hashed(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"sign-in {text}".encode(), sha256).hexdigest()[:_HALF]
