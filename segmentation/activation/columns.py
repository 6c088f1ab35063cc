"""The columns an export can have: what each says of a customer, and whether one must be allowed to see it in full.

A column is asked for by its key: `external_id`; `name`, `email`, `phone`, `address`, masked, or in full with `plain:`
before; `trait:<name>`; `tag:<key>`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import cast

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pyroaring import BitMap

from customers.ingest.contract import fit
from customers.models import Customer, Trait
from customers.models.catalogue import FieldClass
from customers.privacy import personal
from customers.selectors import MASKS
from segmentation.errors import SegmentationError
from segmentation.recommendation.selectors import Lists
from segmentation.safe_csv import Cell
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.sets.names import value_label
from segmentation.tags.models import Tag, in_language

# Of a customer; reading them would take a third of the time.
UNUSED = ("first_seen_at", "created_at", "updated_at")
CONTACT_LABELS: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "address": gettext_lazy("Address"),
}

# Products that a row names.
RECOMMENDED = 6


class Batch:
    """Some customers, with what several columns need of them read once."""

    def __init__(self, ids: Sequence[int]) -> None:
        rows = Customer.objects.filter(pk__in=ids, merged_into=None).order_by("pk")
        # Those of the ids that there still are, in order, with their numbers.
        self.numbers: dict[int, str] = dict(rows.values_list("pk", "external_id"))

    @cached_property
    def customers(self) -> list[Customer]:
        """All of them; read only when a column needs more than their numbers."""
        found = Customer.objects.select_related("personal").defer(*UNUSED).in_bulk(list(self.numbers))
        return [found[pk] for pk in self.numbers if pk in found]

    @cached_property
    def identifiers(self) -> list[dict[str, str]]:
        """Names, e-mails and so on, in the clear; empty for a customer without."""
        return [personal.read(c.personal) if hasattr(c, "personal") else {} for c in self.customers]


class Column(ABC):
    """One column; `reveals` tells that it shows personal data in full."""

    reveals = False

    def __init__(self, key: str, label: str) -> None:
        self.key = key
        self.label = label

    @abstractmethod
    def cells(self, batch: Batch) -> list[Cell]:
        """A cell for each customer of the batch, in its order."""


class ExternalId(Column):
    """The customer's number in the shop's systems."""

    def cells(self, batch: Batch) -> list[Cell]:
        return list(batch.numbers.values())


class Contact(Column):
    """A direct identifier, masked or in full."""

    def __init__(self, field: str, *, plain: bool) -> None:
        label = _("%(field)s, in full") if plain else _("%(field)s, masked")
        super().__init__(f"plain:{field}" if plain else field, label % {"field": CONTACT_LABELS[field]})
        self.field = field
        self.reveals = plain

    def cells(self, batch: Batch) -> list[Cell]:
        values = [known.get(self.field, "") for known in batch.identifiers]
        return list(values) if self.reveals else [MASKS[self.field](value) for value in values]


class TraitValue(Column):
    """A trait as the catalogue types it; empty where it is missing or does not fit the type."""

    def __init__(self, trait: Trait) -> None:
        super().__init__(f"trait:{trait.name}", in_language(trait.label_zh, trait.label_en) or trait.name)
        self.trait = trait
        self.reveals = trait.field_class == FieldClass.PERSONAL

    def cells(self, batch: Batch) -> list[Cell]:
        name, type = self.trait.name, self.trait.type
        return [cast(Cell, fit(customer.traits.get(name), type)[0]) for customer in batch.customers]


class TagValue(Column):
    """The value of a tag as it stands now: its key, or its name if `named`; all of them for a tag with several."""

    def __init__(self, tag: Tag, *, named: bool) -> None:
        super().__init__(f"tag:{tag.key}", tag.name)
        self.tag = tag
        self.named = named

    @cached_property
    def values(self) -> list[tuple[str, BitMap]]:
        """Each value with its customers, in order."""
        kind = NamedSet.Kind.TAG_VALUE
        rows = list(NamedSet.objects.filter(kind=kind, key=self.tag.key, current__isnull=False).order_by("order"))
        members = store.current_many((kind, row.key, row.value) for row in rows)
        return [(value_label(r) if self.named else r.value, members[kind, r.key, r.value]) for r in rows]

    def cells(self, batch: Batch) -> list[Cell]:
        return [[text for text, members in self.values if pk in members] for pk in batch.numbers]


class Recommended(Column):
    """What to recommend: names of products, those bought again and again and new ones."""

    @cached_property
    def lists(self) -> Lists:
        """Kept from batch to batch, with all that it has read."""
        return Lists(RECOMMENDED)

    def cells(self, batch: Batch) -> list[Cell]:
        lists = self.lists.of(batch.numbers.keys())
        return [[product.name or product.sku for product in lists.get(pk, ())] for pk in batch.numbers]


def available(*, named: bool = False) -> dict[str, Column]:
    """All columns there are, by key, in the order to offer them, with labels in the active language."""
    columns: list[Column] = [ExternalId("external_id", _("Customer number"))]
    columns += [Recommended("recommended", _("Recommended products"))]
    columns += [Contact(field, plain=plain) for plain in (False, True) for field in MASKS]
    columns += [TraitValue(trait) for trait in Trait.objects.order_by("name")]
    columns += [TagValue(tag, named=named) for tag in Tag.objects.filter(status=Tag.Status.LIVE).order_by("key")]
    return {column.key: column for column in columns}


def chosen(keys: Iterable[str], *, named: bool = False) -> list[Column]:
    """These columns, in this order. Raises for a column that does not exist, for none, and for one asked for twice."""
    wanted = list(keys)
    known = available(named=named)
    unknown = [key for key in wanted if key not in known]
    if unknown:
        raise SegmentationError(_("There is no column %(key)s.") % {"key": unknown[0]}, where="columns")
    if not wanted or len(set(wanted)) < len(wanted):
        raise SegmentationError(_("Choose at least one column, and each only once."), where="columns")
    return [known[key] for key in wanted]
