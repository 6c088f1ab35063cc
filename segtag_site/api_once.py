"""`Idempotency-Key`: a request to the API that is sent again does nothing again, and gets the answer of the first.

Answers are kept for a day in the cache, for the sender who has the key or session that the first was sent with.
"""

import logging
from collections.abc import Callable
from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

METHODS = {"POST", "PATCH", "DELETE", "PUT"}
KEPT, UNDER_WAY = 24 * 3600, 60
LONGEST, LARGEST = 100, 1024 * 1024

Answering = Callable[[HttpRequest], HttpResponse]


def once(answer: Answering) -> Answering:
    """Middleware, in front of who asks: the same key of another sender is another key."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method not in METHODS or not request.path.startswith("/api/v1/"):
            return answer(request)
        if not key.isascii() or not key.isprintable() or not 0 < len(key) <= LONGEST:
            return _refusal(400, "idempotency_key", f"Idempotency-Key is 1 to {LONGEST} printable ASCII characters.")
        try:
            return _answered(request, f"once:{_hash(_sender(request), key)}", answer)
        except RedisError:
            logger.warning("The cache is down; a request with Idempotency-Key was turned away")
            return _refusal(503, "unavailable", "Send it again later.", retry=5)

    return middleware


def _answered(request: HttpRequest, place: str, answer: Answering) -> HttpResponse:
    asked = _hash(str(request.method), request.get_full_path(), request.body.hex())
    if not cache.add(place, {"asked": asked}, timeout=UNDER_WAY):
        kept = cache.get(place) or {}
        if kept.get("asked") != asked:
            return _refusal(422, "idempotency_key_used", "This key was sent with another request.")
        if "status" not in kept:
            return _refusal(409, "under_way", "The first of these requests is not answered yet.", retry=1)
        again = HttpResponse(kept["body"], status=kept["status"], content_type=kept["type"])
        again["Idempotent-Replayed"] = "true"
        return again
    try:
        response = answer(request)
    except BaseException:
        cache.delete(place)
        raise
    if 200 <= response.status_code < 300 and not response.streaming and len(response.content) <= LARGEST:
        told = {"status": response.status_code, "body": response.content, "type": response.get("Content-Type", "")}
        cache.set(place, {"asked": asked, **told}, timeout=KEPT)
    else:  # nothing was done
        cache.delete(place)
    return response


def _sender(request: HttpRequest) -> str:
    return request.headers.get("Authorization", "") or request.COOKIES.get("sessionid", "")


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()


def _refusal(status: int, code: str, detail: str, retry: int = 0) -> JsonResponse:
    """In the API's one shape of errors."""
    told = {"type": "server_error" if status >= 500 else "client_error"}
    errors = [{"code": code, "detail": detail, "attr": None}]
    response = JsonResponse({**told, "errors": errors}, status=status)
    if retry:
        response["Retry-After"] = str(retry)
    return response
