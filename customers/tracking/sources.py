"""Sources and their write keys: made once, shown once, kept as a hash."""

import secrets
import time
from base64 import b64decode
from binascii import Error as Base64Error
from hashlib import sha256
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from customers.models import Source
from customers.privacy import access_log

_SHOWN = 8


def create_source(*, name: str, platform: str = "", by: AbstractBaseUser | None = None) -> tuple[Source, str]:
    """A new source and its write key, which is told now and never again."""
    key = new_key()
    source = Source(name=name, platform=platform, key_hash=hash_of(key), key_start=key[:_SHOWN], created_by=by)  # type: ignore[misc]
    source.full_clean()
    with transaction.atomic():
        source.save()
        access_log.record(actor=by, action="create_key", object_kind="source", object_key=str(source.pk))
    return source, key


def renew_key(*, source: Source, by: AbstractBaseUser | None) -> str:
    """Another write key; the old one is worth nothing from now on."""
    key = new_key()
    source.key_hash, source.key_start = hash_of(key), key[:_SHOWN]
    with transaction.atomic():
        source.save(update_fields=["key_hash", "key_start"])
        access_log.record(actor=by, action="renew_key", object_kind="source", object_key=str(source.pk))
    return key


def new_key() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """What is kept of a key. Keys are random: a plain hash cannot be guessed back."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def source_of(key: str) -> Source | None:
    """The source with this write key, if it may send."""
    return Source.objects.filter(key_hash=hash_of(key), enabled=True).first() if key else None


def key_in_header(header: str) -> str:
    """The write key of an Authorization header: Basic (as user name) or Bearer."""
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(value).decode().partition(":")[0]
    except (Base64Error, ValueError):
        return ""


def key_in_body(envelope: dict[str, Any]) -> str:
    """The write key that the body names."""
    told = envelope.get("writeKey")
    return told if isinstance(told, str) else ""


def seconds_to_wait(source: Source, messages: int) -> int:
    """How long this source has to wait before it may send these messages; 0: not at all.

    Without its counter it may.
    """
    if source.rate_limit is None:
        return 0
    minute, second = divmod(int(time.time()), 60)
    counter = f"tracking:{source.pk}:{minute}"
    try:
        cache.add(counter, 0, timeout=120)
        before = cache.incr(counter, messages) - messages
    except (RedisError, ValueError):
        return 0
    # A batch larger than the limit would never get through: the first of a minute always does.
    return 60 - second if before and before + messages > source.rate_limit else 0
