"""Direct identifiers at rest: authenticated encryption, and a keyed hash to look them up by.

All keys are derived from `settings.IDENTIFIER_KEY`. For a rotation that setting holds several secrets, comma-separated,
the newest first: it encrypts, all decrypt. The blind index uses the last (oldest), so that look-ups keep working.
"""

import hmac
import os
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
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

VERSION = "v1"
DEFAULT_REGION = "CN"
_NONCE = 12


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
    key = _derived(_secrets(settings.IDENTIFIER_KEY)[-1], f"blind index {kind}")
    return hmac.new(key, normalised(kind, value).encode(), sha256).hexdigest()


def normalised(kind: str, value: str) -> str:
    """The one spelling of an e-mail (NFKC, lower case, IDNA domain) or phone (E.164)."""
    text = unicodedata.normalize("NFKC", value).strip()
    return {"email": _normal_email, "phone": _normal_phone}.get(kind, str)(text)


def derived_keys(purpose: str) -> list[bytes]:
    """A key per secret in the setting, newest first, for another use than encryption."""
    return [_derived(secret, purpose) for secret in _secrets(settings.IDENTIFIER_KEY)]


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
