"""Sends what is due. A message is claimed with a lease, so that two senders never have the same one, and a dead
sender's is sent again; of one subject only the first that waits is ever under way, which keeps their order.
"""

import time
from collections import Counter
from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from segmentation.webhooks import signing
from segmentation.webhooks.bodies import body_of
from segmentation.webhooks.models import WebhookEndpoint, WebhookMessage
from segmentation.webhooks.posting import PATIENCE, Answer, post

# Pauses before the second try and the following ones, as Standard Webhooks recommends; then it is given up.
PAUSES = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
LONGEST_PAUSE = 86400
LEASE = timedelta(seconds=4 * PATIENCE)
AT_ONCE, AT_ONCE_EACH = 8, 4
GONE = 410
KEPT = timedelta(days=30)

Waiting = WebhookMessage.State.WAITING


@dataclass(frozen=True)
class Try:
    """A message in our hands, as it is sent."""

    message: WebhookMessage
    body: bytes
    headers: dict[str, str]


def deliver_due(*, seconds: float = 20) -> int:
    """Send what is due and what becomes due meanwhile, for about so long; how many tries that took."""
    end, tries = time.monotonic() + seconds, 0
    under_way: dict[Future[Answer], Try] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            if time.monotonic() < end:
                for one in _claimed(under_way.values()):
                    url, networks = one.message.endpoint.url, settings.WEBHOOK_NETWORKS
                    under_way[pool.submit(post, url, one.body, one.headers, networks)] = one
                    tries += 1
            if not under_way:
                return tries
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                _record(under_way.pop(future).message, future.result())


def forget_old() -> None:
    """Messages that ended long ago leave the log."""
    WebhookMessage.objects.exclude(state=Waiting).filter(ended_at__lt=timezone.now() - KEPT).delete()


def _claimed(under_way: Collection[Try]) -> list[Try]:
    busy = Counter(one.message.endpoint_id for one in under_way)
    free, found = AT_ONCE - len(under_way), list[Try]()
    for pk, endpoint in _heads() if free else ():
        if len(found) < free and busy[endpoint] < AT_ONCE_EACH and (one := _claim(pk)):
            busy[endpoint] += 1
            found.append(one)
    return found


def _heads() -> list[tuple[int, UUID]]:
    """The first message that waits of each subject and address, if it is due and nobody has it."""
    first = (
        WebhookMessage.objects.filter(state=Waiting, endpoint__enabled=True)
        .order_by()
        .values("endpoint", "subject")
        .annotate(first=Min("pk"))
        .values("first")
    )
    due = WebhookMessage.objects.filter(_free(), pk__in=first, due_at__lte=timezone.now()).order_by("due_at", "pk")
    return list(due.values_list("pk", "endpoint_id")[: 4 * AT_ONCE])


def _free() -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=Now())


def _claim(pk: int) -> Try | None:
    taken = WebhookMessage.objects.filter(_free(), pk=pk, state=Waiting).update(
        lease_until=Now() + LEASE, fence=F("fence") + 1, attempt=F("attempt") + 1
    )
    if not taken:
        return None
    message = WebhookMessage.objects.select_related("endpoint", "version").get(pk=pk)
    now, body = timezone.now(), body_of(message)
    signed = signing.headers(message.webhook_id, body, signing.keys_of(message.endpoint, now), now)
    told = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "SegTag-Webhooks/1"}
    return Try(message, body, {**told, **signed})


def _record(message: WebhookMessage, answer: Answer) -> None:
    """What came of the try, unless another sender has taken the message over."""
    now = timezone.now()
    told = {"status": answer.status, "error": answer.error, "milliseconds": answer.milliseconds, "lease_until": None}
    mine = WebhookMessage.objects.filter(pk=message.pk, fence=message.fence, state=Waiting)
    if answer.taken:
        mine.update(**told, state=WebhookMessage.State.DELIVERED, ended_at=now)
    elif answer.status == GONE:
        mine.update(**told)
        WebhookEndpoint.objects.filter(pk=message.endpoint_id).update(enabled=False, switched_off="gone")
    elif message.attempt > len(PAUSES):
        mine.update(**told, state=WebhookMessage.State.GIVEN_UP, ended_at=now)
    else:
        pause = max(PAUSES[message.attempt - 1], min(answer.retry_after, LONGEST_PAUSE))
        mine.update(**told, due_at=now + timedelta(seconds=pause))
