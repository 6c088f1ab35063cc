"""What is known of each event name, property and trait. Learnt on first sight, editable by operators."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ValueType(models.TextChoices):
    """Types of the rule language."""

    NUMBER = "number", _("Number")
    TEXT = "text", _("Text")
    BOOLEAN = "boolean", _("Yes or no")
    DATETIME = "datetime", _("Date and time")
    DATE = "date", _("Date")
    TEXT_LIST = "text_list", _("List of texts")


class FieldClass(models.TextChoices):
    """How sensitive a value is."""

    PERSONAL = "personal", _("Personal")
    BEHAVIOURAL = "behavioural", _("Behavioural")


class EventType(models.Model):
    """A kind of event, named as the sender names it."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    label_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    label_en = models.CharField(_("name in English"), max_length=100, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        verbose_name = _("event type")
        verbose_name_plural = _("event types")

    def __str__(self) -> str:
        return self.name


class TypedField(models.Model):
    """A named value with a type and its column in the lake. `misfits` counts values left out of that column."""

    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=20, choices=ValueType)
    # Safe to write unquoted, unique within a lake table; the name it had when first seen decides it.
    column = models.CharField(_("lake column"), max_length=70, editable=False)
    label_zh = models.CharField(_("name in Chinese"), max_length=100, blank=True)
    label_en = models.CharField(_("name in English"), max_length=100, blank=True)
    field_class = models.CharField(_("class"), max_length=20, choices=FieldClass, default=FieldClass.BEHAVIOURAL)
    misfits = models.PositiveBigIntegerField(_("values that do not fit the type"), default=0, editable=False)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Property(TypedField):
    """A property of an event, or of an item in an event's `products[]`."""

    class Scope(models.TextChoices):
        EVENT = "event", _("Event")
        ITEM = "item", _("Item")

    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE, related_name="properties")
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.EVENT)

    class Meta:
        verbose_name = _("property")
        verbose_name_plural = _("properties")
        constraints = [models.UniqueConstraint(fields=["event_type", "scope", "name"], name="property_once")]


class Trait(TypedField):
    """A trait of customers."""

    class Meta:
        verbose_name = _("trait")
        verbose_name_plural = _("traits")
        constraints = [
            models.UniqueConstraint(fields=["name"], name="trait_once"),
            models.UniqueConstraint(fields=["column"], name="trait_column_once"),
        ]
