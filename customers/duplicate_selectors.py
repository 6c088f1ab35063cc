"""Possible duplicates, to show: both customers masked, and what about them is alike."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.duplicates.likeness import COMPARED
from customers.models import Customer, Duplicate, DuplicateSearch
from customers.selectors import PersonalView, personal_view

THINGS: dict[str, Promise] = {
    "name": _("Name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "address": _("Address"),
    "birthday": _("Birthday"),
    "city": _("City"),
}
LEVELS: dict[str, Promise] = {
    "same": _("the same"),
    "sounds_the_same": _("sounds the same"),
    "same_mailbox": _("the same before the @"),
    "one_digit_off": _("one character differs"),
    "alike": _("very alike"),
    "somewhat_alike": _("somewhat alike"),
    "different": _("different"),
}
COLOURS = {"same": "green", "different": "red"}


@dataclass(frozen=True)
class Side:
    """One of the two."""

    customer: Customer
    personal: PersonalView


@dataclass(frozen=True)
class Compared:
    """One thing that both are known by."""

    label: Promise
    level: Promise
    colour: str


@dataclass(frozen=True)
class PairRow:
    """Two customers who may be one; `percent` is how likely, never 100."""

    pair: Duplicate
    sides: list[Side]
    compared: list[Compared]

    @property
    def percent(self) -> str:
        return f"{min(self.pair.probability * 100, 99.9):.1f}"


def pairs(state: str) -> QuerySet[Duplicate]:
    """Pairs in this state: those that wait by likelihood, decided ones newest first."""
    found = Duplicate.objects.select_related("first__personal", "second__personal", "decided_by").filter(state=state)
    if state != Duplicate.State.PROPOSED:
        return found.order_by("-decided_at")
    # Merged by hand or by what was told since: nothing to decide.
    return found.filter(first__merged_into=None, second__merged_into=None).order_by("-probability", "pk")


def pair_row(pair: Duplicate) -> PairRow:
    sides = [Side(one, personal_view(one, unmasked=False)) for one in (pair.first, pair.second)]
    compared = [
        Compared(THINGS[name], LEVELS[pair.levels[name]], COLOURS.get(pair.levels[name], "yellow"))
        for name in COMPARED
        if name in pair.levels
    ]
    return PairRow(pair, sides, compared)


def last_search() -> DuplicateSearch | None:
    return DuplicateSearch.objects.order_by("-pk").first()
