"""Messages of the tracking API that could not be stored."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import QuarantinedMessage
from segmentation.privacy.keepings.base import SAMPLED, GoOn, Keeping, in_parts


class MessagesSetAside(Keeping):
    label = _("Messages set aside")
    what = _("Messages that were received and could not be stored, encrypted, for somebody to mend and replay.")
    remains = _("That there was one, from which source, when and why: the books of the intake still close.")
    order = 40

    def due(self, before: datetime) -> int:
        return self._rows(before).count()

    def sample(self, before: datetime) -> list[str]:
        rows = self._rows(before).order_by("received_at").values_list("reason", "received_at")
        return [f"{reason} · {at:%Y-%m-%d}" for reason, at in rows[:SAMPLED]]

    def remove(self, before: datetime, go_on: GoOn) -> int:
        gone = {"payload": "", "message_id": "", "event": "", "state": QuarantinedMessage.State.DROPPED}
        return in_parts(self._rows(before), lambda some: some.update(**gone), go_on)

    def _rows(self, before: datetime) -> QuerySet[QuarantinedMessage]:
        return QuarantinedMessage.objects.filter(received_at__lt=before).exclude(payload="")
