"""A set's members page by page: all pages of one walk are of the same version, whatever runs meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from segmentation.errors import SegmentationError
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion


@dataclass(frozen=True)
class Cursor:
    """Where a walk stands: in this version, after this customer."""

    version: int
    after: int

    def __str__(self) -> str:
        return f"{self.version}-{self.after}"


@dataclass(frozen=True)
class Page:
    """Some members in the order of their ids. `next` is None on the last page."""

    version: SetVersion
    customers: Sequence[Customer]
    next: Cursor | None


class BadCursor(SegmentationError):
    """A cursor that this set never gave."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__(_("This cursor is none of ours. Start without one."), where="cursor")


def parse_cursor(text: str) -> Cursor:
    """The cursor that was given as text; raises BadCursor."""
    version, _, after = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in (version, after)):
        raise BadCursor
    return Cursor(int(version), int(after))


def newest_version(kind: str, key: str, value: str = "") -> SetVersion:
    """What readers see now. Raises NamedSet.DoesNotExist, or NotComputed before the first run."""
    if "\0" in value:  # PostgreSQL would refuse to look for it
        raise NamedSet.DoesNotExist
    named_set = NamedSet.objects.get(kind=kind, key=key, value=value)
    if named_set.current_id is None:
        raise store.NotComputed(_("%(set)s has not been computed yet.") % {"set": named_set})
    return _versions(named_set.pk).get(pk=named_set.current_id)


def version_at(cursor: Cursor, *, instead_of: SetVersion) -> SetVersion:
    """The version of the same set in which the cursor stands; raises BadCursor if it is another set's."""
    version = _versions(instead_of.named_set_id).filter(pk=cursor.version).first()
    if version is None:
        raise BadCursor
    return version


def page(version: SetVersion, *, after: int = -1, size: int) -> Page:
    """The next `size` members after the customer id `after`. Customers erased since are left out."""
    members = store.at_version(version)
    start = members.rank(after) if after >= 0 else 0
    ids = list(members[start : start + size])
    more = start + size < len(members)
    customers = Customer.objects.filter(pk__in=ids).only("id", "external_id").order_by("pk")
    return Page(version, list(customers), Cursor(version.pk, ids[-1]) if more else None)


def _versions(named_set_id: int) -> QuerySet[SetVersion]:
    return SetVersion.objects.filter(named_set_id=named_set_id).defer("members", "entered", "left")
