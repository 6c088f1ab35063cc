"""Webhooks and what became of their messages, to show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from segmentation.webhooks.models import Kind, WebhookEndpoint, WebhookMessage

State = WebhookMessage.State


@dataclass(frozen=True)
class EndpointRow:
    """A webhook, how many of its messages ended how, and since when the oldest one waits."""

    endpoint: WebhookEndpoint
    delivered: int
    waiting: int
    given_up: int
    last: datetime | None
    waiting_since: datetime | None

    @property
    def kinds(self) -> list[str]:
        return [str(Kind(kind).label) for kind in self.endpoint.kinds]


def endpoints() -> list[EndpointRow]:
    """All webhooks by name."""
    counted = {f"n_{state}": Count("messages", filter=Q(messages__state=state)) for state in State.values}
    rows = WebhookEndpoint.objects.annotate(
        **counted,
        last=Max("messages__ended_at", filter=Q(messages__state=State.DELIVERED)),
        since=Min("messages__created_at", filter=Q(messages__state=State.WAITING)),
    ).order_by("name")
    return [_row(endpoint) for endpoint in rows]


def endpoint_row(endpoint: WebhookEndpoint) -> EndpointRow:
    """One of them."""
    return next(row for row in endpoints() if row.endpoint.pk == endpoint.pk)


def messages_of(endpoint: WebhookEndpoint, state: str = "") -> QuerySet[WebhookMessage]:
    """Its messages, newest first; of one state if that is given."""
    rows = WebhookMessage.objects.filter(endpoint=endpoint).order_by("-pk")
    return rows.filter(state=state) if state in State.values else rows


def _row(endpoint: Any) -> EndpointRow:
    delivered, waiting, given_up = (
        getattr(endpoint, f"n_{state}") for state in (State.DELIVERED, State.WAITING, State.GIVEN_UP)
    )
    return EndpointRow(endpoint, delivered, waiting, given_up, endpoint.last, endpoint.since)
