"""Users, groups and permissions in the back office, in the theme's clothes."""

from typing import cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from segtag_site import second_factor

admin.site.unregister([User, Group, EmailAddress, Authenticator])


@admin.register(User)
class SiteUserAdmin(UserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "first_name", "last_name", "is_staff", "is_active", "last_login"]
    filter_horizontal = ()
    autocomplete_fields = ["groups"]
    actions = ["forget_second_factor"]

    @admin.action(description=_("Take away the second factor (the telephone is lost)"), permissions=["change"])
    def forget_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        by = cast(User, request.user)
        count = sum(second_factor.forget(user=user, by=by) for user in queryset)
        messages.success(request, _("%(count)d had one, and have to set up another.") % {"count": count})

    def get_fieldsets(self, request, obj=None):  # type: ignore[no-untyped-def]
        """Rights come by role; single permissions are left out, so that a role says everything."""
        fieldsets = super().get_fieldsets(request, obj)
        return [(name, {**parts, "fields": _without_permissions(parts["fields"])}) for name, parts in fieldsets]


@admin.register(Group)
class SiteGroupAdmin(GroupAdmin, ModelAdmin):
    search_fields = ["name"]
    autocomplete_fields = ["permissions"]
    filter_horizontal = ()


@admin.register(Permission)
class PermissionAdmin(ModelAdmin):
    """Only to be searched from a group's page: permissions are made by the models."""

    search_fields = ["name", "codename"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Permission | None = None) -> bool:
        return False

    has_add_permission = has_delete_permission = has_change_permission


def _without_permissions(fields: tuple[str, ...]) -> list[str]:
    return [field for field in fields if field != "user_permissions"]
