"""Answers of the API are for who asked: no cache on the way may keep them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def kept_by_no_cache(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: says so on everything under /api/."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/api/"):
            response.setdefault("Cache-Control", "no-store, private")
        return response

    return answer
