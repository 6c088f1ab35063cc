"""A second factor at sign-in: codes of an app on the telephone, and recovery codes for when that is lost.

django-allauth asks for it and keeps it; here is what is ours: who has to have one, the brake on guessing, the log, and
that its secret is encrypted.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from customers.privacy import access_log, crypto
from segtag_site import guessing
from segtag_site.api_auth import address_of

# Who holds one of these sees, hands out, decides or lets in more than anybody should with a stolen password.
RIGHTS = (
    "customers.unmask_customer",
    "customers.tell_customer",
    "customers.erase_customer",
    "segmentation.export_audience",
    "segmentation.approve_audience",
    "segmentation.publish_tag",
    "segmentation.publish_segment",
    "customers.add_apikey",
    "auth.change_user",
)
PURPOSE = "second factor"
# Pages that are open to who has to set it up first.
FREE = {"logout", "set_language", "account_reauthenticate", "mfa_index", "mfa_activate_totp"}


def has_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the user is asked for codes."""
    return user.is_authenticated and Authenticator.objects.filter(user_id=user.pk).exists()


def must_have(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the settings ask this user for a second factor."""
    return settings.SECOND_FACTOR == "required" and any(user.has_perm(right) for right in RIGHTS)  # type: ignore[union-attr]


def forget(*, user: User, by: User) -> bool:
    """Take away the second factor of somebody whose telephone is lost; False if there was none."""
    count, _rows = Authenticator.objects.filter(user=user).delete()
    if count:
        access_log.record(actor=by, action="second_factor.forget", object_kind="user", object_key=str(user.pk))
    return bool(count)


class SecondFactorAsked:
    """Middleware. Who has to have a second factor and has none gets to the page that sets it up, and to no other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated or (match and match.url_name in FREE):
            return None
        if not must_have(request.user) or has_factor(request.user):
            return None
        if request.path.startswith("/api/"):
            told = _("Set up a second factor first: sign in to the pages.")
            error = {"code": "second_factor_required", "detail": told, "attr": None}
            return JsonResponse({"type": "client_error", "errors": [error]}, status=403)
        answer = redirect("mfa_activate_totp")
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": answer.url})
        return answer


class Accounts(DefaultAccountAdapter):
    """allauth's account part: users are made in the back office only, and every sign-in is written down."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        guessing.note(name=user.get_username(), address=address_of(request), user=user)


class Factors(DefaultMFAAdapter):
    """allauth's second factors: secrets lie encrypted, and who must have one cannot take it away."""

    def encrypt(self, text: str) -> str:
        return crypto.seal(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unseal(encrypted_text, PURPOSE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not must_have(authenticator.user)


class CodeForm(AuthenticateForm):
    """The code at sign-in; wrong ones count like wrong passwords."""

    def clean_code(self) -> str:
        with guessing.braked(name=self.user.get_username(), address=address_of(context.request)):
            code: str = super().clean_code()
        return code


class CodeAgainForm(ReauthenticateForm):
    """The code once more, before a deed that wants it."""

    def clean_code(self) -> str:
        with guessing.braked(name=self.user.get_username(), address=address_of(context.request)):
            code: str = super().clean_code()
        return code


class PasswordAgainForm(PasswordForm):
    """The password once more, of users without a second factor."""

    def clean_password(self) -> str:
        with guessing.braked(name=self.user.get_username(), address=address_of(context.request)):
            password: str = super().clean_password()
        return password
