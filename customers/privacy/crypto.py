"""Direct identifiers at rest: authenticated encryption, and a keyed hash to look them up by.

All keys are derived from `settings.IDENTIFIER_KEY`. For a rotation that setting holds several secrets, comma-separated,
the newest first: it encrypts, all decrypt. What cannot be computed anew, because the value itself is not kept (the
blind index, seals of the access log, erased names), stays under keys of the oldest secret; `rotate_keys` keeps those,
sealed with the newest, so that the old secret can go.
"""

import hmac
import os
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from customers.errors import CustomersError
from customers.models import KeptKey

VERSION = "v1"
DEFAULT_REGION = "CN"
_NONCE = 12
_KEPT = KeptKey._meta.db_table


def encrypt(value: str, *, table: str, column: str, row: object) -> str:
    """`value` as `v1.<key id>.<base64>`, readable only as this column of this row. Empty stays empty."""
    if not value:
        return ""
    key_id = next(iter(_keyring(settings.IDENTIFIER_KEY)))
    nonce = os.urandom(_NONCE)
    sealed = _cipher(key_id).encrypt(nonce, value.encode(), _place(table, column, row))
    return f"{VERSION}.{key_id}.{urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(text: str, *, table: str, column: str, row: object) -> str:
    """What was encrypted. Raises for a text that was changed, or moved to another row, column or key."""
    if not text:
        return ""
    try:
        version, key_id, encoded = text.split(".")
        sealed = urlsafe_b64decode(encoded)
        if version != VERSION:
            raise ValueError(version)
        return _cipher(key_id).decrypt(sealed[:_NONCE], sealed[_NONCE:], _place(table, column, row)).decode()
    except (InvalidTag, KeyError, ValueError):
        raise CustomersError(
            _("This identifier cannot be decrypted: it was changed or moved, or SEGTAG_IDENTIFIER_KEY lacks its key."),
            code="undecryptable",
            where=f"{table}.{column}.{row}",
        ) from None


def blind_index(kind: str, value: str) -> str:
    """A keyed hash of an e-mail or phone, equal for all spellings of the same one; says nothing without the key."""
    return hmac.new(lasting_key(f"blind index {kind}"), normalised(kind, value).encode(), sha256).hexdigest()


def normalised(kind: str, value: str) -> str:
    """The one spelling of an e-mail (NFKC, lower case, IDNA domain) or phone (E.164)."""
    text = unicodedata.normalize("NFKC", value).strip()
    return {"email": _normal_email, "phone": _normal_phone}.get(kind, str)(text)


def derived_keys(purpose: str) -> list[bytes]:
    """A key per secret, newest first, for another use than encryption; those of secrets that are gone come last."""
    kept = _kept(settings.IDENTIFIER_KEY, purpose)
    return list(dict.fromkeys([*(_derived(s, purpose) for s in _secrets(settings.IDENTIFIER_KEY)), *kept.values()]))


def lasting_key(purpose: str) -> bytes:
    """The key that stays the same whatever is rotated: that of the first secret there ever was."""
    kept = _kept(settings.IDENTIFIER_KEY, purpose)
    return next(iter(kept.values()), None) or _derived(_secrets(settings.IDENTIFIER_KEY)[-1], purpose)


def seal(value: str, purpose: str) -> str:
    """`value` under the lasting key of `purpose`: for what others' tables keep, whose place we cannot bind it to."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(lasting_key(purpose)).encrypt(nonce, value.encode(), purpose.encode())
    return f"{VERSION}.{urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(text: str, purpose: str) -> str:
    """What was sealed for the purpose. Raises ValueError for anything else."""
    version, _dot, encoded = text.partition(".")
    sealed = urlsafe_b64decode(encoded)
    if version != VERSION:
        raise ValueError(version)
    try:
        return AESGCM(lasting_key(purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode()).decode()
    except InvalidTag:
        raise ValueError(purpose) from None


def key_ids() -> list[str]:
    """Which secrets the setting holds, newest first; says nothing about them."""
    return list(_keyring(settings.IDENTIFIER_KEY))


def keep_keys(purposes: Iterable[str]) -> None:
    """Seal the keys of all secrets with the newest, for when the others are gone. Belongs in a transaction."""
    newest = key_ids()[0]
    for purpose in purposes:
        known = {row.secret: _unsealed(row) for row in KeptKey.objects.filter(purpose=purpose).order_by("pk")}
        for key_id, secret in reversed(list(zip(key_ids(), _secrets(settings.IDENTIFIER_KEY), strict=True))):
            known.setdefault(key_id, _derived(secret, purpose))
        for secret_id, key in known.items():
            sealed = encrypt(key.hex(), table=_KEPT, column="sealed", row=f"{purpose} {secret_id}")
            KeptKey.objects.update_or_create(purpose=purpose, secret=secret_id, defaults={"sealed": sealed})
    _kept.cache_clear()
    if any(row.sealed.split(".")[1] != newest for row in KeptKey.objects.all()):
        raise CustomersError(_("A key was kept that no code asks for any more."), code="unknown_purpose")


def _normal_email(text: str) -> str:
    local, at, domain = text.lower().rpartition("@")
    try:
        return local + at + domain.encode("idna").decode()
    except UnicodeError:
        return text.lower()


def _normal_phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _place(table: str, column: str, row: object) -> bytes:
    return f"{table}.{column}.{row}".encode()


def _secrets(setting: str) -> list[str]:
    return [secret.strip() for secret in setting.split(",") if secret.strip()]


@cache
def _kept(setting: str, purpose: str) -> dict[str, bytes]:
    """The keys that were kept, by the id of their secret, oldest first."""
    return {row.secret: _unsealed(row) for row in KeptKey.objects.filter(purpose=purpose).order_by("pk")}


def _unsealed(row: KeptKey) -> bytes:
    return bytes.fromhex(decrypt(row.sealed, table=_KEPT, column="sealed", row=f"{row.purpose} {row.secret}"))


@cache
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"segtag {purpose}".encode()).derive(secret.encode())


@cache
def _keyring(setting: str) -> dict[str, AESGCM]:
    """Ciphers by key id, newest first. An id tells which key, and nothing about it."""
    return {
        _derived(secret, "key id").hex()[:8]: AESGCM(_derived(secret, "encryption")) for secret in _secrets(setting)
    }


def _cipher(key_id: str) -> AESGCM:
    return _keyring(settings.IDENTIFIER_KEY)[key_id]
