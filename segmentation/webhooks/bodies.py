"""What a message says: thin, so that whoever wants more asks the API."""

import json
from datetime import UTC
from typing import Any

from customers.models import Customer
from segmentation.webhooks.announcing import CUSTOMERS
from segmentation.webhooks.models import Kind, WebhookMessage


def body_of(message: WebhookMessage) -> bytes:
    """The message as JSON: type, timestamp, data. Customers erased since are left out."""
    data = message.data if message.version is None else _of_set(message, message.version)
    told = {"type": message.kind, "timestamp": message.created_at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _of_set(message: WebhookMessage, version: Any) -> dict[str, Any]:
    moved = version.moved(entered=message.kind == Kind.ENTERED)
    first = (message.part - 1) * CUSTOMERS
    ids = list(moved[first : first + CUSTOMERS])
    rows = Customer.objects.filter(pk__in=ids).order_by("pk").values("id", "external_id")
    return {
        "set": message.subject,
        "version": version.number,
        "as_of": version.as_of.astimezone(UTC).isoformat(),
        "size": version.size,
        "part": message.part,
        "parts": message.parts,
        "customers": list(rows),
    }
