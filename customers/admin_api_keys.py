"""API keys in the back office: made, shown once, revoked."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from customers import api_keys
from customers.models import ApiKey
from customers.privacy.recent import recently_signed_in

APPS = ("customers", "segmentation")


def scopes() -> list[tuple[str, str]]:
    """Every permission that a key can have."""
    found = Permission.objects.filter(content_type__app_label__in=APPS).select_related("content_type")
    names = sorted(f"{one.content_type.app_label}.{one.codename}" for one in found)
    return [(name, name) for name in names]


class ApiKeyForm(ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("scopes"), choices=scopes, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    networks = forms.CharField(
        label=_("networks it may be used from"),
        help_text=_("One a line, as 203.0.113.0/24. None: from anywhere."),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    class Meta:
        model = ApiKey
        fields = ("name", "user", "scopes", "networks", "expires_at")

    def clean_networks(self) -> list[str]:
        return api_keys.networks_of(self.cleaned_data["networks"].splitlines())


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    """A key is made or revoked, never changed."""

    form = ApiKeyForm
    list_display = ("name", "user", "key_start", "usable", "expires_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name",)
    autocomplete_fields = ("user",)
    actions = ("revoke",)

    @display(description=_("usable"), boolean=True)
    def usable(self, key: ApiKey) -> bool:
        return key.usable

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.change_apikey")

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A key opens the API for good: whoever makes one signs in once more."""
        add = super().add_view
        answer: HttpResponse = recently_signed_in(lambda asked: add(asked, *args, **kwargs))(request)
        return answer

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm, change: bool) -> None:
        told = {name: form.cleaned_data[name] for name in ("name", "user", "scopes", "networks", "expires_at")}
        made, secret = api_keys.create_key(**told, by=request.user)  # type: ignore[arg-type]
        obj.pk = made.pk
        shown = _("The key %(name)s, shown this once: %(secret)s")
        messages.warning(request, shown % {"name": made.name, "secret": secret})

    @admin.action(description=_("Revoke for good"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in queryset:
            api_keys.revoke_key(key=key, by=request.user)  # type: ignore[arg-type]
