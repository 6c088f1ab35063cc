"""The HTTP tracking API, at the root of the host, as Segment's and RudderStack's clients call it.

What the clients make of an answer decides what we answer: a redirect loses events without an error, a 400 loses the
whole batch, a 500 is sent again for ever. So: 200 once everything is on disk, stored or set aside; 503 or 429 with
Retry-After if it is not; 4xx only for what can never be read or whose write key is not ours.
"""

import logging
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from customers.models import Source
from customers.tracking import books, sources
from customers.tracking.bodies import (
    LARGEST_BODY,
    TOO_LARGE,
    BodyError,
    Message,
    Unreadable,
    envelope_of,
    single,
    unpacked,
)
from customers.tracking.messages import Envelope
from customers.tracking.quarantine import largest_message
from customers.tracking.storing import Desk, read, store

logger = logging.getLogger(__name__)

# The whole path, and the short one of browsers' clients.
KINDS = {
    "identify": "identify", "track": "track", "page": "page", "screen": "screen", "group": "group", "alias": "alias",
    "i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias",
}  # fmt: skip
RETRY_SECONDS = 5
DESK = Desk(store)


@csrf_exempt
@login_not_required
def track(request: HttpRequest, kind: str = "") -> HttpResponse:
    """Take in a batch, or one message of `kind`."""
    if request.method == "OPTIONS":
        return _open_to_browsers(HttpResponse(status=204))
    if request.method != "POST":
        return _open_to_browsers(_answer(405, "method_not_allowed", "Use POST.", Allow="POST, OPTIONS"))
    try:
        return _open_to_browsers(_take(request, KINDS.get(kind, "")))
    except BodyError as error:
        return _open_to_browsers(_answer(error.status, error.code, error.message))
    except (DatabaseError, OSError):
        logger.exception("Messages could not be stored; the client is told to send them again")
        told = _answer(503, "unavailable", "Send it again later.", **{"Retry-After": str(RETRY_SECONDS)})
        return _open_to_browsers(told)


def _take(request: HttpRequest, kind: str) -> HttpResponse:
    received = timezone.now()
    body = unpacked(_body(request), request.headers.get("Content-Encoding", "").strip().lower())
    told, messages = _messages(body, kind)
    source = _source(request, told)
    if source is None:
        books.refuse(books.NOBODY, received)
        return _answer(401, "unauthorized", "This write key is not known here.", **{"WWW-Authenticate": "Basic"})
    if seconds := sources.seconds_to_wait(source, len(messages)):
        books.refuse(source.pk, received)
        return _answer(429, "too_many", "Send it again later.", **{"Retry-After": str(seconds)})
    envelope = Envelope(source.pk, received, told, kind)
    intake = read(messages, envelope, largest_message() if len(body) > largest_message() else 0)
    if intake.size:
        DESK.take(intake)
    return JsonResponse({"success": True})


def _messages(body: bytes, kind: str) -> tuple[dict[str, Any], list[Message]]:
    if not kind:
        return envelope_of(body)
    message = single(body)
    return ({} if isinstance(message, Unreadable) else {"writeKey": message.get("writeKey")}), [message]


def _source(request: HttpRequest, told: dict[str, Any]) -> Source | None:
    """By the header, else by the body, else by the address (beacons can send no header)."""
    header = sources.key_in_header(request.headers.get("Authorization", ""))
    return sources.source_of(header or sources.key_in_body(told) or request.GET.get("writeKey", ""))


def _body(request: HttpRequest) -> bytes:
    """All bytes of the body, also when it comes in chunks of unknown number; never more than it may have."""
    chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    length = request.headers.get("Content-Length", "")
    if not chunked and length.isascii() and length.isdigit() and int(length) > LARGEST_BODY:
        raise TOO_LARGE
    stream = request.environ["wsgi.input"] if chunked and "wsgi.input" in request.environ else request  # type: ignore[attr-defined]
    body: bytes = stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise TOO_LARGE
    if length.isdigit() and not chunked and len(body) < int(length):
        raise BodyError(400, "cut_off", "The body ends too early.")
    return body


def _answer(status: int, code: str, message: str, **headers: str) -> JsonResponse:
    """RudderStack's client takes an answer for final only if it has both fields."""
    return JsonResponse({"code": code, "message": message}, status=status, headers=headers)


def _open_to_browsers(response: HttpResponse) -> HttpResponse:
    """Any site may send, as the write key says who it is; no cookie counts here."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Content-Encoding, X-Retry-Count"
    response["Access-Control-Max-Age"] = "86400"
    response["Cache-Control"] = "no-store"
    return response
