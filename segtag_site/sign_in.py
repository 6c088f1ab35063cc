"""Signing in, and changing one's password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
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
        name, address = self.cleaned_data.get("username", ""), _address(self.request)
        if guessing.must_wait(name=name, address=address):
            raise ValidationError(_("Too many tries. Wait a quarter of an hour, then try again."), code="must_wait")
        try:
            return super().clean()
        except ValidationError:
            if name and self.cleaned_data.get("password"):
                guessing.note(name=name, address=address, user=None)
            raise


class SignIn(LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        name, user = form.cleaned_data["username"], form.get_user()
        guessing.note(name=name, address=_address(self.request), user=user)
        return super().form_valid(form)


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
