"""The access log: each entry is sealed together with the one before it, so that no change goes unnoticed.

Whoever can write to the database cannot forge an entry: the seal takes a key that is not in there. What a look at
the log alone cannot show is a cut tail; `verify(head=…)` finds that, given a hash that was noted elsewhere.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from customers.locks import take_turns
from customers.models import AccessLog
from customers.privacy.crypto import derived_keys

FIRST = "0" * 64


@dataclass(frozen=True)
class Verification:
    """What a check found: how many entries, and the id of the first that is not as it was written."""

    entries: int
    broken_at: int | None
    head_found: bool = True

    @property
    def sound(self) -> bool:
        return self.broken_at is None and self.head_found


def record(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    object_kind: str,
    object_key: str,
    detail: Mapping[str, Any] | None = None,
) -> AccessLog:
    """Note who did what to whom, in the transaction of the deed. `actor` None is the system itself.

    `detail` must not hold personal data: the log outlives an erasure.
    """
    entry = AccessLog(
        at=timezone.now(),
        actor=actor,  # type: ignore[misc]  # whatever class users have
        action=action,
        object_kind=object_kind,
        object_key=object_key[:100],
        detail=_plain(detail or {}),
    )
    with transaction.atomic():
        take_turns("access_log")
        entry.previous_hash = head()
        entry.hash = _seal(entry, derived_keys("access log")[0])
        entry.save(force_insert=True)
    return entry


def head() -> str:
    """The hash of the newest entry; worth noting elsewhere."""
    return AccessLog.objects.order_by("-id").values_list("hash", flat=True).first() or FIRST


def verify(*, head: str | None = None) -> Verification:
    """Check every entry: changed, removed, swapped and added ones break the chain. `head` must be among them."""
    keys = derived_keys("access log")
    previous, entries, head_found = FIRST, 0, head in {None, FIRST}
    for entry in AccessLog.objects.order_by("id").iterator(chunk_size=2000):
        genuine = any(hmac.compare_digest(entry.hash, _seal(entry, key)) for key in keys)
        if entry.previous_hash != previous or not genuine:
            return Verification(entries, entry.pk, head_found)
        previous, entries, head_found = entry.hash, entries + 1, head_found or entry.hash == head
    return Verification(entries, None, head_found)


def _seal(entry: AccessLog, key: bytes) -> str:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [at, entry.actor_id, entry.action, entry.object_kind, entry.object_key, entry.detail, entry.previous_hash]
    sealed = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, sealed.encode(), sha256).hexdigest()


def _plain(value: Any) -> Any:
    """As every database gives it back to the letter: fractions as text, no characters that one of them refuses."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {_plain(str(key)): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return str(value).encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
