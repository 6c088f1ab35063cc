"""What customers did. Append-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Something that happened. A second event with the same `message_id` is the same event and changes nothing."""

    message_id = models.CharField(_("message id"), max_length=100, unique=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="events", db_index=False)
    name = models.CharField(_("event"), max_length=100)
    time = models.DateTimeField(_("time"))
    received_at = models.DateTimeField(_("received"))
    properties = models.JSONField(_("properties"), default=dict, blank=True)
    # Who sent it; empty for imports.
    source = models.ForeignKey(
        "customers.Source", on_delete=models.PROTECT, null=True, blank=True, db_index=False, verbose_name=_("source")
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["customer", "time"], name="event_of_customer")]

    def __str__(self) -> str:
        return f"{self.name} of #{self.customer_id}"
