"""Signatures as https://www.standardwebhooks.com asks for them, and secrets at rest."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from customers.privacy.crypto import decrypt, encrypt
from segmentation.webhooks.models import WebhookEndpoint

PREFIX = "whsec_"
BYTES = 32


def new_secret() -> str:
    """A secret as its receiver is told."""
    return PREFIX + b64encode(secrets.token_bytes(BYTES)).decode()


def sealed(secret: str, endpoint: WebhookEndpoint) -> str:
    """The secret as it is kept."""
    return encrypt(secret, table="webhook", column="secret", row=endpoint.pk)


def keys_of(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The secrets that sign now: the newest, and the one before while receivers change over."""
    kept = [endpoint.secret]
    if endpoint.old_secret_until and now < endpoint.old_secret_until:
        kept.append(endpoint.old_secret)
    return [decrypt(text, table="webhook", column="secret", row=endpoint.pk) for text in kept]


def headers(webhook_id: str, body: bytes, keys: Iterable[str], now: datetime) -> dict[str, str]:
    """What proves to the receiver who sent this body, and when."""
    at = str(int(now.timestamp()))
    signatures = " ".join(f"v1,{_signature(webhook_id, at, body, key)}" for key in keys)
    return {"webhook-id": webhook_id, "webhook-timestamp": at, "webhook-signature": signatures}


def _signature(webhook_id: str, at: str, body: bytes, key: str) -> str:
    signed = f"{webhook_id}.{at}.".encode() + body
    return b64encode(hmac.digest(b64decode(key.removeprefix(PREFIX)), signed, sha256)).decode()
