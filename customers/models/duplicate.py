"""Customers who may be the same person, what people decided of them, and when it was looked for."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Duplicate(models.Model):
    """Two customers who are alike. Nothing follows from it until a person decides."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a decision")
        MERGED = "merged", _("Merged")
        REFUSED = "refused", _("Two persons")

    first = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    probability = models.FloatField(_("probability"))
    # What was compared → how alike it is ("same", "alike", …): the levels of customers.duplicates.likeness.
    levels = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ["-probability", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_in_order"),
        ]
        indexes = [models.Index(fields=["state", "-probability"], name="duplicate_waiting")]

    def __str__(self) -> str:
        return f"#{self.first_id} ~ #{self.second_id}"


class DuplicateSearch(models.Model):
    """One look for duplicates over all customers."""

    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    compared = models.PositiveIntegerField(_("customers compared"), default=0)
    found = models.PositiveIntegerField(_("pairs found"), default=0)
    failed = models.BooleanField(_("failed"), default=False)

    class Meta:
        verbose_name = _("search for duplicates")
        verbose_name_plural = _("searches for duplicates")

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
