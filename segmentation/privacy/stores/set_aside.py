"""Rows and messages that could not be stored, kept with the reason."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ImportReject, QuarantinedMessage
from customers.tracking.quarantine import payload_of
from segmentation.privacy.stores.base import Store, Subject
from segmentation.tags.given_models import ValueList


class SetAside(Store):
    """What stood in them is forgotten; that there was such a row, and why it was set aside, stays in the books."""

    label = _("Rows and messages set aside")
    order = 30
    covers = ("customers.ImportReject", "customers.QuarantinedMessage", "segmentation.ValueList")

    def count(self, subject: Subject) -> int:
        return len(self._rejects(subject)) + len(self._messages(subject)) + len(self._lists(subject))

    def erase(self, subject: Subject) -> None:
        ImportReject.objects.filter(pk__in=self._rejects(subject)).update(row={})
        QuarantinedMessage.objects.filter(pk__in=self._messages(subject)).update(
            state=QuarantinedMessage.State.DROPPED, payload="", message_id="", event=""
        )
        for taken in self._lists(subject):
            taken.refused = [line for line in taken.refused if not subject.is_named_in(line[1].split(","))]
            taken.save(update_fields=["refused"])

    def _rejects(self, subject: Subject) -> list[int]:
        rows = ImportReject.objects.values_list("pk", "row").iterator(chunk_size=2000)
        return [pk for pk, row in rows if subject.is_named_in(_leaves(row))]

    def _messages(self, subject: Subject) -> list[int]:
        kept = QuarantinedMessage.objects.exclude(payload="").iterator(chunk_size=500)
        return [message.pk for message in kept if _names(payload_of(message), subject)]

    def _lists(self, subject: Subject) -> list[ValueList]:
        lists = ValueList.objects.only("refused").exclude(refused=[])
        return [one for one in lists if any(subject.is_named_in(line[1].split(",")) for line in one.refused)]


def _names(payload: bytes, subject: Subject) -> bool:
    """Whether a message is about the customer; one that cannot be read is, if a name of some length is in it."""
    try:
        return subject.is_named_in(_leaves(json.loads(payload)))
    except (ValueError, RecursionError):
        text = payload.decode("utf-8", "replace").casefold()
        return any(len(name) > 5 and name in text for name in subject.names)


def _leaves(value: Any) -> Iterator[Any]:
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, dict):
            todo += one.values()
        elif isinstance(one, list):
            todo += one
        else:
            yield one
