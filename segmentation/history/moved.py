"""The list of those who came or went, as a file."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from customers.models import Customer
from customers.privacy import access_log
from customers.selectors import personal_view
from segmentation import safe_csv
from segmentation.history.causes import Cause, Difference
from segmentation.people import Person, user_of
from segmentation.sets.models import NamedSet

BATCH = 1000


def moved_csv(file: safe_csv.Sink, moved: Mapping[int, Cause]) -> int:
    """Number, masked name and cause of each; those erased since are left out. Returns the number of rows."""
    header = [_("Customer number"), _("%(field)s, masked") % {"field": _("Name")}, _("Cause")]
    return safe_csv.write(file, header, _rows(moved), bom=True)


def note_download(named_set: NamedSet, found: Difference, *, show: str, rows: int, by: Person) -> None:
    """Into the access log: who took which list."""
    access_log.record(
        actor=user_of(by),
        action="history.download",
        object_kind=named_set.kind,
        object_key=named_set.key,
        detail={
            "value": named_set.value,
            "from": found.before.number,
            "to": found.after.number,
            "show": show,
            "rows": rows,
        },
    )


def _rows(moved: Mapping[int, Cause]) -> Iterator[list[safe_csv.Cell]]:
    ids = sorted(moved)
    for start in range(0, len(ids), BATCH):
        some = Customer.objects.select_related("personal").in_bulk(ids[start : start + BATCH])
        for pk in ids[start : start + BATCH]:
            if customer := some.get(pk):
                name = personal_view(customer, unmasked=False).name
                yield [customer.external_id, name, str(moved[pk].label)]
