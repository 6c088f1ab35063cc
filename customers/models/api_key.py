"""Keys by which programs use the API: what each may do, until when, and from where."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ApiKey(models.Model):
    """A program's key. It acts for its user, within its scopes; only a hash of it is kept."""

    name = models.CharField(_("name"), max_length=100)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys", verbose_name=_("acts for"))
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    key_start = models.CharField(_("key begins with"), max_length=12, editable=False)
    # Permissions as "app.codename": what the user may do besides, the key may not.
    scopes = models.JSONField(_("scopes"), default=list)
    # Networks as "203.0.113.0/24"; none: from anywhere.
    networks = models.JSONField(_("networks it may be used from"), default=list, blank=True)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def usable(self) -> bool:
        """Neither revoked nor past its end."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class KeyHolder(User):
    """The user for whom a key acts: may do what both the user and the key's scopes allow."""

    scopes: Collection[str] = ()

    class Meta:
        proxy = True
        default_permissions = ()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return perm in self.scopes and super().has_perm(perm, obj)  # type: ignore[arg-type]
