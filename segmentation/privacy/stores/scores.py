"""What models said of the customer, and of others by way of the customer: scores, placements, neighbours, offers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from segmentation.privacy.stores.base import Store, Subject
from segmentation.scores import store
from segmentation.scores.models import ScoreChunk


class Scores(Store):
    """The customer's own rows go; in the rows of others the customer is no neighbour and no buyer any more."""

    label = _("Scores, neighbours and recommendations")
    order = 80
    covers = ("segmentation.ScoreChunk",)

    def count(self, subject: Subject) -> int:
        return store.mentions(subject.ids)

    def erase(self, subject: Subject) -> None:
        store.forget(subject.ids)

    def tell(self, subject: Subject) -> Any:
        owners = ScoreChunk.objects.exclude(owner__in=store.OF_PRODUCTS).values_list("owner", flat=True).distinct()
        found = {owner: store.row(owner, subject.ids[0]) for owner in sorted(set(owners))}
        return {owner: row for owner, row in found.items() if row is not None}
