"""Who was forgotten stays forgotten: keyed hashes of the names that are not taken in any more."""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from customers import bulk
from customers.identities import Key
from customers.models import ErasedName, Erasure, Identity
from customers.privacy.crypto import lasting_key


def remember(erasure: Erasure) -> int:
    """From now on nothing is taken in under the user ids, anonymous ids, devices … of these customers."""
    names = Identity.objects.filter(customer__in=erasure.customer_ids).values_list("kind", "value")
    digests = [ErasedName(digest=_digest(name), erasure=erasure) for name in names]
    ErasedName.objects.bulk_create(digests, ignore_conflicts=True)
    return len(digests)


def erased(names: Iterable[Key]) -> set[Key]:
    """Those of the names that were forgotten."""
    digests = {_digest(name): name for name in names}
    found = bulk.present(ErasedName, "digest", list(digests))
    return {digests[digest] for digest in found}


def last_erased() -> int:
    """The newest of all these names; 0 if nobody was ever forgotten."""
    return ErasedName.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _digest(name: Key) -> str:
    return hmac.new(lasting_key("erased names"), f"{name[0]} {name[1]}".encode(), sha256).hexdigest()
