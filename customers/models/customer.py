"""One row per customer, and apart from it, encrypted, who that is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.sealed import Sealed


class Customer(models.Model):
    """A customer as the shop's systems know one. The dense `id` is what sets and the lake are made of."""

    external_id = models.CharField(_("customer number"), max_length=100, unique=True)
    traits = models.JSONField(_("traits"), default=dict, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    first_seen_at = models.DateTimeField(_("first seen"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [
            ("unmask_customer", _("Can see names, phones and addresses unmasked")),
            ("export_customer", _("Can export customers")),
            ("erase_customer", _("Can erase customers, and decide on erasures")),
            ("tell_customer", _("Can hand customers all that is known of them")),
        ]

    def __str__(self) -> str:
        return self.external_id


class PersonalRecord(models.Model):
    """Direct identifiers, encrypted field by field; read and written through `customers.privacy.crypto` only."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="personal")
    name = models.TextField(_("name"), blank=True)
    email = models.TextField(_("e-mail"), blank=True)
    phone = models.TextField(_("phone"), blank=True)
    address = models.TextField(_("address"), blank=True)
    sealed = Sealed("customers_personalrecord", "pk", {f: f for f in ("name", "email", "phone", "address")})
    # Invented for a demo, not a real person's.
    synthetic = models.BooleanField(_("synthetic"), default=False)

    class Meta:
        verbose_name = _("personal record")
        verbose_name_plural = _("personal records")

    def __str__(self) -> str:
        return f"#{self.customer_id}"
