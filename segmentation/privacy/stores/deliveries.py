"""Deliveries: whom destinations have, what became of each customer, and the files that were made."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from segmentation.activation.delivery_models import Delivery, DeliveryOutcome, DeliveryPlan
from segmentation.privacy.stores.base import Store, Subject
from segmentation.sets import store


class Deliveries(Store):
    """The customer leaves every set that deliveries keep, and a file with the customer in it is deleted."""

    label = _("Deliveries")
    order = 21
    covers = ("segmentation.DeliveryPlan", "segmentation.Delivery", "segmentation.DeliveryOutcome")

    def count(self, subject: Subject) -> int:
        ids = BitMap(subject.ids)
        return sum(bool(store.load(outcome.members) & ids) for outcome in DeliveryOutcome.objects.all())

    def erase(self, subject: Subject) -> None:
        ids = BitMap(subject.ids)
        for outcome in DeliveryOutcome.objects.select_related("delivery"):
            if not store.load(outcome.members) & ids:
                continue
            if outcome.delivery.path:
                (settings.EXPORT_DIR / outcome.delivery.path).unlink(missing_ok=True)
                Delivery.objects.filter(pk=outcome.delivery_id).update(path="")
        for model, field in ((DeliveryPlan, "delivered"), (Delivery, "done"), (DeliveryOutcome, "members")):
            for row in model.objects.exclude(**{field: None}):
                kept = store.load(getattr(row, field))
                if kept & ids:
                    model.objects.filter(pk=row.pk).update(**self._without(model, field, kept - ids))

    def tell(self, subject: Subject) -> Any:
        ids = BitMap(subject.ids)
        rows = DeliveryOutcome.objects.select_related("delivery__plan")
        return [
            {"destination": row.delivery.plan.destination, "at": row.delivery.created_at, "outcome": row.outcome}
            for row in rows
            if store.load(row.members) & ids
        ]

    def _without(self, model: type[Any], field: str, kept: BitMap) -> dict[str, Any]:
        changed: dict[str, Any] = {field: store.dump(kept)}
        return changed | ({"size": len(kept)} if model is DeliveryOutcome else {})
