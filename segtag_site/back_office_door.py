"""Who comes to the back office without the right to: sent to the one sign-in page, or told so."""

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


def back_office_door(request: HttpRequest) -> HttpResponse:
    """In place of the back office's own sign-in form, which would ask those who are signed in for their password."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"), settings.LOGIN_URL)
