"""Who of a frozen audience is left out when it leaves the house: what happened since it was frozen counts."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from customers import consent
from customers.models import Customer
from segmentation.audiences.limits import blocked, oldest_of_merged, the_policy
from segmentation.audiences.models import AudienceVersion
from segmentation.audiences.waterfall import Lots
from segmentation.sets import store

# Why somebody is skipped, in the order in which it is asked.
REASONS: dict[str, Promise] = {
    "gone": _("Erased, or merged into another customer since"),
    "suppressed": _("On the suppression list since"),
    "quiet": _("To be left alone for a while"),
    "withdrawn": _("Consent withdrawn since"),
    "universal": _("In the universal holdout since"),
    "no_address": _("No address for this channel"),
    "refused": _("The receiver refused this customer"),
}
# All that can become of a customer.
OUTCOMES: dict[str, Promise] = {"added": _("Sent"), "removed": _("Taken back"), **REASONS}


@dataclass(frozen=True)
class Sending:
    """Who is sent, and who is skipped why; the sets are disjoint and make up all those reached when it was frozen."""

    sent: BitMap
    skipped: dict[str, BitMap]


def sendable(version: AudienceVersion) -> Sending:
    """Those reached when the audience was frozen who still may be reached now, and why the others may not."""
    plan, left = version.definition, store.at_version(version.reached)
    suppressed, quiet = blocked(plan["channel"], timezone.now())
    allowed = BitMap(consent.reachable(channel=plan["channel"], purpose=plan["purpose"]))
    there = BitMap(Customer.objects.filter(merged_into=None).values_list("pk", flat=True).iterator())
    policy = the_policy()
    drawn = Lots(policy.universal_salt, policy.universal_percent).drawn(left, oldest_of_merged())
    keeps = {"gone": there, "suppressed": left - suppressed, "quiet": left - quiet, "withdrawn": allowed}
    skipped: dict[str, BitMap] = {}
    for reason, kept in {**keeps, "universal": left - drawn}.items():
        skipped[reason] = left - kept
        left &= kept
    return Sending(left, skipped)
