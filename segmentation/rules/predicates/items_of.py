"""The items in what the customer did: the lines of orders."""

from collections.abc import Mapping, Sequence

from segmentation.rules.behaviour import BehaviourPredicate
from segmentation.rules.catalog import Event, Field
from segmentation.rules.rows import Occurrence, Person
from segmentation.rules.vocabulary import ITEMS


class ItemsOf(BehaviourPredicate):
    """{"items_of": "Order Completed", "where": {"property": "category", …}, "measure": {"sum": "quantity"}, …}"""

    table = ITEMS
    property_kind = "item property"

    def fields(self, event: Event) -> Mapping[str, Field]:
        return event.item_properties

    def occurrences(self, person: Person) -> Sequence[Occurrence]:
        return person.items
