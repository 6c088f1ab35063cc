"""Customers about whom something was told, until what follows from it was worked out."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Touched(models.Model):
    """Something of this name was told of a customer: an event, or "" for who they are."""

    # No foreign key: rows come and go by the thousand.
    customer_id = models.BigIntegerField()
    what = models.CharField(max_length=100, blank=True)
    # When the first of them came in, and how many did: whoever looks takes away only what was seen.
    since = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("touched customer")
        verbose_name_plural = _("touched customers")
        constraints = [models.UniqueConstraint(fields=["customer_id", "what"], name="touched_once")]
        indexes = [models.Index(fields=["since"], name="touched_since")]

    def __str__(self) -> str:
        return f"#{self.customer_id} {self.what}"


class FreshMinute(models.Model):
    """How long it took, in one minute, from what was told of customers to what follows from it."""

    minute = models.DateTimeField(primary_key=True)
    customers = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveBigIntegerField(default=0)
    worst = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("delay of a minute")
        verbose_name_plural = _("delays by minute")

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"
