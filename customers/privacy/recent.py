"""Asking for the password or code once more before what a stolen, still open session must not do."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

CODE = "sign_in_again"


def is_recent(request: HttpRequest) -> bool:
    """Whether this session's user gave a password, or a code where a second factor is set up, minutes ago.

    How many minutes the settings say. True for who has neither: nothing could be asked for.
    """
    if not settings.SIGN_IN_AGAIN or not request.user.is_authenticated:
        return True
    with_code = _has_factor(request)
    if not with_code and not (request.user.password and request.user.has_usable_password()):
        return True
    records = get_authentication_records(request, request.user)
    latest = max((one["at"] for one in records if not with_code or one["method"] == "mfa"), default=0)
    return time.time() - latest < settings.SIGN_IN_AGAIN * 60


def recently_signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a page. Whoever signed in too long ago is asked again, and comes back to where the deed begins."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = view(request, *args, **kwargs) if is_recent(request) else _again(request)
        return answer

    return asked


def require_recent(request: Request) -> None:
    """The same for the API: PermissionDenied for a person's session, nothing for a program's key."""
    if request.auth is None and not is_recent(request._request):
        raise PermissionDenied(_("Sign in once more on the pages before you do this."), code=CODE)


def _has_factor(request: HttpRequest) -> bool:
    return Authenticator.objects.filter(user_id=request.user.pk).exists()


def _again(request: HttpRequest) -> HttpResponse:
    """To the page that asks, and from there to the page on which the deed was begun: a form is filled in again."""
    origin = f"{request.scheme}://{request.get_host()}"
    begun = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    back = begun.removeprefix(origin) if begun.startswith(f"{origin}/") else "/"
    target = request.get_full_path() if request.method == "GET" else back
    page = reverse("mfa_reauthenticate" if _has_factor(request) else "account_reauthenticate")
    url = f"{page}?{urlencode({'next': target})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
