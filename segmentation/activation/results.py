"""What became of each customer of a delivery, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from customers.models import Customer
from segmentation.activation.delivery_models import DeliveryPlan
from segmentation.activation.skipping import OUTCOMES
from segmentation.sets import store
from segmentation.sets.pages import BadCursor, Cursor, parse_cursor


@dataclass(frozen=True)
class Result:
    """One customer and one outcome. Who left the destination because of a reason to skip has both."""

    id: int
    external_id: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class Results:
    """Some customers in the order of their ids. `delivery` is None before the first one; `next` on the last page."""

    delivery: int | None
    results: Sequence[Result]
    next: Cursor | None


def results_page(plan: DeliveryPlan, *, outcome: str = "", cursor: str = "", size: int) -> Results:
    """The next `size` customers of the newest delivery, or of the one in which the cursor stands; raises BadCursor.

    Customers erased since are left out.
    """
    stands = parse_cursor(cursor) if cursor else None
    deliveries = plan.deliveries.order_by("-pk")
    delivery = deliveries.filter(pk=stands.version).first() if stands else deliveries.first()
    if delivery is None:
        if stands:
            raise BadCursor
        return Results(None, [], None)
    rows = delivery.outcomes.filter(outcome=outcome) if outcome else delivery.outcomes.all()
    sets = {row.outcome: store.load(row.members) for row in rows}
    everybody = BitMap().union(*sets.values())
    start = everybody.rank(stands.after) if stands else 0
    ids = list(everybody[start : start + size])
    more = start + size < len(everybody)
    numbers = dict(Customer.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "external_id"))
    results = [
        Result(pk, number, key, str(OUTCOMES.get(key, key)))
        for pk, number in numbers.items()
        for key, members in sets.items()
        if pk in members
    ]
    return Results(delivery.pk, results, Cursor(delivery.pk, ids[-1]) if more else None)
