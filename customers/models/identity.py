"""The names under which other systems know a customer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Identity(models.Model):
    """One identifier of one customer. E-mail and phone hold a keyed hash (blind index), never the value."""

    class Kind(models.TextChoices):
        USER_ID = "user_id", _("User id")
        ANONYMOUS_ID = "anonymous_id", _("Anonymous id")
        DEVICE = "device", _("Device")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        PLATFORM = "platform", _("Platform id")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    value = models.CharField(_("value"), max_length=200)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="identities")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.kind} of #{self.customer_id}"
