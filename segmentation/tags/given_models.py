"""Values that are given, not computed: by a person to one customer, or by a list to many."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class GivenValue(models.Model):
    """A person's word on one customer: it survives every computation until its end. An empty value means none at all.

    Rows are never edited but to end them, so that any past date can be computed again.
    """

    tag = models.ForeignKey(
        "segmentation.Tag", on_delete=models.CASCADE, related_name="given_values", verbose_name=_("tag")
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", verbose_name=_("customer"))
    value = models.CharField(_("value"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("given value")
        verbose_name_plural = _("given values")
        ordering = ["-since", "-pk"]
        indexes = [models.Index(fields=["tag", "since"], name="given_value_of_tag")]

    def __str__(self) -> str:
        return f"#{self.customer_id} {self.value or '–'}"


class ValueList(models.Model):
    """A list of customers and values that was taken. rows = matched + duplicate + unmatched + invalid."""

    class Mode(models.TextChoices):
        REPLACE = "replace", _("Replaces what lists said before")
        ADD = "add", _("Adds to what lists said before")

    tag = models.ForeignKey("segmentation.Tag", on_delete=models.CASCADE, related_name="lists", verbose_name=_("tag"))
    name = models.CharField(_("file"), max_length=200)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.REPLACE)
    at = models.DateTimeField(_("taken"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    rows = models.PositiveBigIntegerField(_("rows"))
    matched = models.PositiveBigIntegerField(_("matched"))
    duplicate = models.PositiveBigIntegerField(_("twice in it"))
    unmatched = models.PositiveBigIntegerField(_("unknown customers"))
    invalid = models.PositiveBigIntegerField(_("invalid"))
    # The first refused lines: line number, what stood there, why.
    refused = models.JSONField(default=list, editable=False)
    # Serialised Roaring bitmaps by value, as msgpack.
    members = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("list of values")
        verbose_name_plural = _("lists of values")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def refused_count(self) -> int:
        return self.unmatched + self.duplicate + self.invalid
