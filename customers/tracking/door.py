"""The tracking API's own door, before sessions, languages and the rest that only pages need."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from customers.tracking.urls import tracking_patterns
from customers.tracking.views import track

Answer = Callable[[HttpRequest], HttpResponse]

# Path → kind of message; the same routes as in the table of URLs.
_KINDS = {f"/{pattern.pattern}": str(pattern.default_args.get("kind", "")) for pattern in tracking_patterns}


def tracking_door(get_response: Answer) -> Answer:
    """Middleware: a tracking request goes straight to its view, which costs a fifth of a whole page's way."""

    def answer(request: HttpRequest) -> HttpResponse:
        kind = _KINDS.get(request.path_info)
        return get_response(request) if kind is None else track(request, kind)

    return answer
