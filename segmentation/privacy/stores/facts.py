"""What was told of the customer: the rows of the database that all else is made of."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import (
    Consent,
    Customer,
    Duplicate,
    Event,
    Identity,
    IdentityLink,
    MergeLog,
    PersonalRecord,
    ToldTraits,
)
from customers.privacy import personal
from segmentation.audiences.contact_models import Suppression
from segmentation.privacy.stores.base import Store, Subject
from segmentation.tags.given_models import GivenValue

# Model → the field that leads to the customer. In the order in which they can go.
ROWS: dict[type[Model], str] = {
    GivenValue: "customer",
    Suppression: "customer",
    Consent: "customer",
    Event: "customer",
    ToldTraits: "customer",
    PersonalRecord: "customer",
    Duplicate: "first",
    MergeLog: "customer",
    IdentityLink: "first__customer",
    Identity: "customer",
    Customer: "pk",
}


class Facts(Store):
    """All of it, in one transaction."""

    label = _("What was told of the customer")
    order = 50
    covers = tuple(model._meta.label for model in ROWS)

    def count(self, subject: Subject) -> int:
        return sum(_rows(model, subject).count() for model in ROWS)

    def erase(self, subject: Subject) -> None:
        Customer.objects.filter(pk__in=subject.ids).update(merged_into=None)
        for model in ROWS:
            _rows(model, subject).delete()

    def tell(self, subject: Subject) -> Any:
        customers = Customer.objects.filter(pk__in=subject.ids).order_by("pk")
        records = PersonalRecord.objects.filter(pk__in=subject.ids)
        return {
            "person": [personal.read(record) for record in records],
            "numbers": list(customers.values("external_id", "first_seen_at", "traits")),
            "names": list(_rows(Identity, subject).values("kind", "value", "created_at")),
            "consents": list(
                _rows(Consent, subject).order_by("at").values(
                    "purpose", "channel", "granted", "at", "source", "text_version"
                )
            ),
            "suppressions": list(_rows(Suppression, subject).values("channel", "reason", "source", "until", "at")),
            "given_tags": list(_rows(GivenValue, subject).values("tag__key", "value", "since", "until")),
            "events": list(_rows(Event, subject).order_by("time", "pk").values("name", "time", "properties")),
        }  # fmt: skip


def _rows(model: type[Any], subject: Subject) -> QuerySet[Any]:
    rows = model.objects.filter(**{f"{ROWS[model]}__in": subject.ids})
    if model is Duplicate:
        return model.objects.filter(Q(first__in=subject.ids) | Q(second__in=subject.ids))
    if model is MergeLog:
        return model.objects.filter(Q(customer__in=subject.ids) | Q(before__in=subject.ids) | Q(after__in=subject.ids))
    return rows
