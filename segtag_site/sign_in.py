"""Signing in, and changing one's password."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from customers.privacy import access_log
from segtag_site import guessing
from segtag_site.api_auth import address_of


def _address(request: HttpRequest | None) -> str:
    return address_of(request) if request else ""


class SignInForm(AuthenticationForm):
    """A name and a password; whoever guessed too often has to wait, even with the right one."""

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username", ""), self.cleaned_data.get("password")
        with guessing.braked(name=name, address=_address(self.request), tried=bool(name and password)):
            return super().clean()


class SignIn(LoginView):
    """The one door to pages and back office. Who set up a second factor is asked for it next: see `second_factor`."""

    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        record_authentication(self.request, user, method="password", reauthenticated=True)
        return perform_login(self.request, user, redirect_url=self.get_success_url())


class PasswordChange(PasswordChangeView):
    """A new password for oneself. Every other session of the user ends with it."""

    template_name = "registration/password_change.html"
    success_url = reverse_lazy("dashboard")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        answer = super().form_valid(form)
        user = self.request.user
        access_log.record(actor=user, action="password.change", object_kind="user", object_key=str(user.pk))  # type: ignore[arg-type]
        messages.success(self.request, _("Your password is changed. All your other sessions have ended."))
        return answer
