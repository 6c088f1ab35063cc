"""What a version of a segment means whose customers are fixed: its document names them, `{"fixed": 7, …}`.

So a snapshot or a list goes the way of every rule: versions, review, roll-back, what refers to it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from pyroaring import BitMap

from customers.models import Customer
from segmentation.errors import SegmentationError
from segmentation.segments.fixed_models import FixedMembers
from segmentation.sets import store
from segmentation.sets.telling import rule_in_words
from segmentation.tags.given import followed

Document = Mapping[str, Any]


class NoSuchList(SegmentationError):
    """A document that names a list or snapshot of another segment, or none."""

    code = "no_such_list"

    def __init__(self) -> None:
        super().__init__(_("This segment has no such list or snapshot."), where="fixed")


def is_fixed(document: Document | None) -> bool:
    """Whether it names customers, and is no rule."""
    return document is not None and "fixed" in document


def document_of(fixed: FixedMembers) -> dict[str, Any]:
    """The document that means these customers."""
    return {"fixed": fixed.pk, "origin": fixed.origin}


def fixed_of(document: Document) -> FixedMembers | None:
    """The row that a document names, without its members and refused lines; None when it is gone."""
    rows = FixedMembers.objects.select_related("made_by").defer("members", "refused")
    return rows.filter(pk=document["fixed"]).first() if is_fixed(document) else None


def checked(key: str, document: Document) -> dict[str, Any]:
    """The document as it is saved for the segment `key`. Raises NoSuchList."""
    number = document["fixed"]
    found = FixedMembers.objects.filter(pk=number, segment__key=key).first() if isinstance(number, int) else None
    if found is None:
        raise NoSuchList
    return document_of(found)


def members_of(document: Document, answer: Callable[[Document], BitMap]) -> BitMap:
    """The customers that a version means: those it names, or those that its rule has by `answer`."""
    return named_by(document) if is_fixed(document) else answer(document)


def named_by(document: Document) -> BitMap:
    """The customers that a document names, as they are now after merges and erasure. Raises NoSuchList."""
    row = FixedMembers.objects.filter(pk=document["fixed"]).values_list("members", flat=True).first()
    if row is None:
        raise NoSuchList
    there = Customer.objects.filter(merged_into=None).values_list("pk", flat=True)
    return followed(store.load(row)) & BitMap(there.iterator(chunk_size=50_000))


def in_words(document: Document) -> str:
    """How a version's customers are found, as one sentence: its rule, or where they were named."""
    if not is_fixed(document):
        return rule_in_words(dict(document))
    found = fixed_of(document)
    if found is None:
        return _("The list is not there any more.")
    when = date_format(timezone.localtime(found.made_at), "SHORT_DATETIME_FORMAT")
    if found.origin == FixedMembers.Origin.LIST:
        told = {"name": found.name, "when": when, "customers": number_format(found.matched, force_grouping=True)}
        if found.added:
            return _("Uploaded list “%(name)s” of %(when)s (%(customers)s customers), added to the list before") % told
        return _("Uploaded list “%(name)s” of %(when)s: %(customers)s customers") % told
    told = {"name": found.of_name, "when": when, "version": number_format(found.of_version or 0)}
    return _("Frozen on %(when)s: the customers of “%(name)s” as in its version %(version)s") % told
