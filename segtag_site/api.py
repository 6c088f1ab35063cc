"""What every API view shares, handed to the apps by Django REST framework's settings: who may ask, what, how often.

A view names its permission in `permission_required` (one, or one per method). It declares its query parameters in a
nested serializer `Query`, whose checked values it finds in `self.query`, and its body in a nested serializer `Input`.
Whatever else is given is refused.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rest_framework.exceptions import ErrorDetail, NotFound, ParseError, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger(__name__)


class HasPermission(BasePermission):
    """Signed in, and holding the permission that the view names for this method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        needed = view.permission_required
        if isinstance(needed, dict):
            needed = needed.get("GET" if request.method == "HEAD" else request.method)
        if not (request.user and request.user.is_authenticated):
            return False
        # None: a method that the view does not have; 405 follows.
        return needed is None or request.user.has_perm(needed)


class KnownParameters(BasePermission):
    """Refuses what the view does not know, before it runs: a misspelt filter must not answer everything.

    A permission, because that is the one gate in front of every view, and the next after who may ask.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        query = view.Query(data=request.query_params.dict()) if hasattr(view, "Query") else None
        _refuse_unknown(request.query_params, {*_paging(request, view), *(query.fields if query else ())})
        if hasattr(view, "Input") and request.method in {"POST", "PATCH"} and isinstance(request.data, Mapping):
            _refuse_unknown(request.data, set(view.Input().fields))
        if query:
            query.is_valid(raise_exception=True)
        view.query = query.validated_data if query else {}
        return True


def _paging(request: Request, view: Any) -> set[str]:
    paginator = view.paginator if request.method == "GET" and hasattr(view, "list") else None
    return {paginator.cursor_query_param, paginator.page_size_query_param} if paginator else set()


def _refuse_unknown(given: Iterable[str], known: set[str]) -> None:
    told = {"known": ", ".join(sorted(known)) or "–"}
    message = _("There is no such parameter here; there is: %(known)s.") % told
    unknown = sorted(set(given) - known)
    if unknown:
        raise ValidationError({name: [ErrorDetail(message, code="unknown_parameter")] for name in unknown})


class Json(JSONParser):
    """JSON; what is nested too deeply to be read is the caller's error."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise ParseError(_("This JSON is nested too deeply.")) from None


class CursorPages(CursorPagination):
    """Pages that neither skip nor repeat a row while rows are added, in the view's `ordering`, else by id.

    A bad size or cursor is an error.
    """

    page_size_query_param = "page_size"
    max_page_size = 1000

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= self.max_page_size):
            message = _("A page has between 1 and %(most)d rows.") % {"most": self.max_page_size}
            raise ValidationError({self.page_size_query_param: [ErrorDetail(message, code="invalid")]})
        return int(asked)

    def get_ordering(self, request: Request, queryset: QuerySet, view: Any) -> tuple[str, ...]:
        ordering = getattr(view, "ordering", "id")
        return (ordering,) if isinstance(ordering, str) else ordering

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, DjangoValidationError):
            raise bad_cursor(self.cursor_query_param) from None


def bad_cursor(name: str) -> ValidationError:
    """The answer to a cursor that we did not give."""
    return ValidationError({name: [ErrorDetail(_("This cursor is none of ours. Start without one."), code="invalid")]})


class FairUse(BaseThrottle):
    """So many requests a minute per person, by the view's `throttle_scope`. Without its counter it lets all through."""

    def allow_request(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "throttle_scope", "default")
        minute, self.second = divmod(int(time.time()), 60)
        counter = f"api:{scope}:{request.user.pk}:{minute}"
        try:
            cache.add(counter, 0, timeout=60)
            return cache.incr(counter) <= settings.API_RATES[scope]
        except (RedisError, ValueError):
            logger.warning("The cache is down; API requests are not counted")
            return True

    def wait(self) -> float:
        return 60 - self.second
