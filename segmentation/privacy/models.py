"""What a person decides about privacy: how long data are kept, and what a register of processing has to say."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeepingPeriod(models.Model):
    """How many days a kind of data is kept. No row: for ever."""

    key = models.SlugField(max_length=40, unique=True)
    days = models.PositiveIntegerField(_("days"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("period of keeping")
        verbose_name_plural = _("periods of keeping")

    def __str__(self) -> str:
        return f"{self.key}: {self.days}"


class ProcessingNote(models.Model):
    """What people say about one purpose for which data are used; all else of the register is read from what runs."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent")
        CONTRACT = "contract", _("Contract with the customer")
        OBLIGATION = "obligation", _("Legal obligation")
        INTEREST = "interest", _("Legitimate interest")

    purpose = models.CharField(_("purpose"), max_length=50, unique=True)
    description = models.TextField(_("what it is for"), blank=True)
    basis = models.CharField(_("legal basis"), max_length=20, choices=Basis, blank=True)
    responsible = models.CharField(_("who answers for it"), max_length=100, blank=True)
    safeguards = models.TextField(_("what protects the customers"), blank=True)
    # The impact assessment: what it risks for customers, and when somebody last looked.
    risks = models.TextField(_("what it risks for customers"), blank=True)
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("note on processing")
        verbose_name_plural = _("notes on processing")

    def __str__(self) -> str:
        return self.purpose
