"""Sessions end: when nobody is there any more, and at the latest after a working day."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse

SINCE, SEEN = "_segtag_since", "_segtag_seen"
# Seconds after which a sign of life is written again.
NOTED_EVERY = 60


def session_limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware. What a page asks by itself to show progress is no sign that somebody is there."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and SESSION_KEY in request.session:
            _look(request, int(time.time()))
        return get_response(request)

    return answer


def _look(request: HttpRequest, now: int) -> None:
    session = request.session
    since, seen = session.setdefault(SINCE, now), session.setdefault(SEEN, now)
    if now - since > settings.SESSION_LONGEST * 60 or now - seen > settings.SESSION_IDLE * 60:
        logout(request)
    elif now - seen > NOTED_EVERY and not request.path.endswith("/progress/"):
        session[SEEN] = now
