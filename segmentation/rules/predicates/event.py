"""What the customer did: how often, how much."""

from collections.abc import Mapping, Sequence

from segmentation.rules.behaviour import BehaviourPredicate
from segmentation.rules.catalog import Event as EventType
from segmentation.rules.catalog import Field
from segmentation.rules.rows import Occurrence, Person
from segmentation.rules.vocabulary import EVENTS


class Event(BehaviourPredicate):
    """{"event": "Order Completed", "measure": {"sum": "total"}, "op": "at_least", "value": 500, "window": …}"""

    table = EVENTS
    property_kind = "event property"

    def fields(self, event: EventType) -> Mapping[str, Field]:
        return event.properties

    def occurrences(self, person: Person) -> Sequence[Occurrence]:
        return person.events
