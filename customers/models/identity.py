"""The names under which other systems know a customer, which of them belong together, and what followed from it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
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
    # Whose it is now: follows merges.
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="identities")
    # Where facts told under this name are kept: never changes. None as long as none were told.
    own = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, null=True, blank=True, related_name="own_name", editable=False
    )
    # The earliest time of a fact told under this name.
    first_told_at = models.DateTimeField(_("first seen"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.kind} of #{self.customer_id}"


class IdentityLink(models.Model):
    """Somebody told that two identities are the same person's; `at` is the earliest time it was said to be so."""

    class Kind(models.TextChoices):
        SEEN = "seen", _("Seen together")
        ALIAS = "alias", _("Told to be the same")
        MERGE = "merge", _("Merged by a person")

    first = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="links_from")
    second = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="links_to")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    at = models.DateTimeField(_("at"))
    # A person decided that it does not hold; what is told later does not bring it back.
    cut_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("identity link")
        verbose_name_plural = _("identity links")
        constraints = [models.UniqueConstraint(fields=["first", "second", "kind"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.first_id}-{self.second_id} ({self.kind})"


class MergeLog(models.Model):
    """A customer's facts began to count for another customer, or ceased to. Append-only."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="merge_log")
    before = models.BigIntegerField(_("counted for"))
    after = models.BigIntegerField(_("counts for"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    # None: it followed from what was told.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merge log")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"#{self.customer_id}: #{self.before} → #{self.after}"


class ToldTraits(models.Model):
    """What was told of a customer under its own names, with the time: {trait: [value, time, message id]}.

    `Customer.traits` is made of this, and of what was told of the customers merged into it: the newest counts.
    """

    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, primary_key=True, related_name="told"
    )
    traits = models.JSONField(default=dict)
    # When name, e-mail, phone and address were told: {field: [time, message id]}. What they are is kept encrypted.
    identifiers = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("told traits")
        verbose_name_plural = _("told traits")

    def __str__(self) -> str:
        return f"#{self.customer_id}"
