"""Why a set differs between two of its versions: who came and who left, each by one cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap
from sqlglot import exp

from customers.models import Consent, Customer, Event, MergeLog
from segmentation.errors import SegmentationError
from segmentation.lake.tables import EVENTS, Source
from segmentation.lake.versions import current_source
from segmentation.segments.fixed import members_of
from segmentation.sets import store
from segmentation.sets.answers import SetsAt, answer, engine
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.tags.computing import Question, computed
from segmentation.tags.facts import Facts
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag


class Cause(TextChoices):
    """In the order in which they are asked: a customer is told by the first that holds."""

    IDENTITY = "identity", _("Merge or erasure")
    DEFINITION = "definition", _("Definition")
    DATA = "data", _("New data")
    CLOCK = "clock", _("Time")


EXPLAINED = {
    Cause.IDENTITY: _("Customers were merged, separated or erased in between."),
    Cause.DEFINITION: _("By the later definition they would have been in, or out, on the earlier date already."),
    Cause.DATA: _("Something new of their own: events, details or consents that the earlier run did not know."),
    Cause.CLOCK: _("Nothing new of their own: a period moved on, or others changed with whom they are compared."),
}


@dataclass(frozen=True)
class Difference:
    """Who came and left between two versions, by cause. `untold`: the definitions differ, but this kind is too heavy
    to be computed for the question, so that all whom nothing else explains count as moved by the definition."""

    before: SetVersion
    after: SetVersion
    entered: Mapping[Cause, BitMap]
    left: Mapping[Cause, BitMap]
    untold: bool = False

    @property
    def rows(self) -> list[tuple[Cause, int, int]]:
        """Cause, entered, left; those of nobody left out."""
        counted = [(cause, len(self.entered[cause]), len(self.left[cause])) for cause in Cause]
        return [row for row in counted if row[1] or row[2]]

    @property
    def entered_count(self) -> int:
        return sum(map(len, self.entered.values()))

    @property
    def left_count(self) -> int:
        return sum(map(len, self.left.values()))

    def moved(self, show: str) -> dict[int, Cause]:
        """Each who entered, or left, with the cause."""
        causes = self.entered if show == "entered" else self.left
        return {pk: cause for cause, members in causes.items() for pk in members}


def difference(owner: Any, before: SetVersion, after: SetVersion) -> Difference:
    """What changed between two versions of one set of `owner`, a tag or a segment, and why."""
    was, now = store.at_version(before), store.at_version(after)
    entered, left = now - was, was - now
    identity = _concerned(before, after, left)
    definition, untold = _by_definition(owner, before, after, was, (entered | left) - identity)
    rest = (entered | left) - identity - definition
    data = _with_news(before, after, rest)
    causes = {
        Cause.IDENTITY: identity,
        Cause.DEFINITION: definition,
        Cause.DATA: data,
        Cause.CLOCK: rest - data,
    }
    return Difference(
        before,
        after,
        {cause: who & entered for cause, who in causes.items()},
        {cause: who & left for cause, who in causes.items()},
        untold,
    )


def _concerned(before: SetVersion, after: SetVersion, left: BitMap) -> BitMap:
    """Whose facts began or ceased to count for whom between the two runs, and who is not there any more."""
    # A past date may have been computed after the newer one.
    first, last = sorted((before.created_at, after.created_at))
    logged = MergeLog.objects.filter(at__gt=first, at__lte=last)
    found = BitMap()
    for names in logged.values_list("customer_id", "before", "after").iterator():
        found |= BitMap(names)
    return found | (left - _there(left))


def _there(ids: BitMap) -> BitMap:
    found, every = BitMap(), list(ids)
    for start in range(0, len(every), 5000):
        some = every[start : start + 5000]
        found |= BitMap(Customer.objects.filter(pk__in=some, merged_into=None).values_list("pk", flat=True))
    return found


def _by_definition(
    owner: Any, before: SetVersion, after: SetVersion, was: BitMap, moved: BitMap
) -> tuple[BitMap, bool]:
    """Those of `moved` whom the later definition would have moved on the earlier date already."""
    numbers = [one.run.definition_version if one.run else None for one in (before, after)]
    if not moved or None in numbers or numbers[0] == numbers[1]:
        return BitMap(), False
    version = owner.versions.filter(number=numbers[1]).first()
    if version is None or (isinstance(owner, Tag) and kind_of(owner.kind).heavy):
        return moved, True
    try:
        then = _members(owner, version, before.named_set, before.as_of)
    except SegmentationError:
        return moved, True
    return (then ^ was) & moved, False


def _members(owner: Any, version: Any, named_set: NamedSet, as_of: datetime) -> BitMap:
    source, references = current_source(), SetsAt(as_of)
    if not isinstance(owner, Tag):
        return members_of(version.rule, lambda rule: answer(rule, as_of=as_of, source=source, references=references))
    facts = Facts(source, as_of, rule_catalog(), references)
    return computed(Question(owner, version.definition, facts, past=True)).members.get(named_set.value, BitMap())


def _with_news(before: SetVersion, after: SetVersion, asked: BitMap) -> BitMap:
    """Those of `asked` of whom something is known since the earlier run that it could not know."""
    if not asked:
        return asked
    changed = Customer.objects.filter(updated_at__gt=before.created_at).values_list("pk", flat=True)
    answered = Consent.objects.filter(Q(at__gt=before.as_of) & Q(at__lte=after.as_of)).values_list(
        "customer_id", flat=True
    )
    told = BitMap(changed.iterator()) | BitMap(answered.iterator())
    if asked <= told:
        return asked
    return asked & (told | _with_events(before, after, current_source()))


def _with_events(before: SetVersion, after: SetVersion, source: Source) -> BitMap:
    """Who had events between the two base dates, or earlier ones that arrived after the earlier run."""
    later = exp.GT(this=exp.column("time"), expression=_instant(before.as_of))
    arrived = exp.GT(this=exp.column("event_id"), expression=exp.Literal.number(_newest_event(before.created_at)))
    query = (
        exp.select("customer_id")
        .distinct()
        .from_(EVENTS)
        .where(exp.LTE(this=exp.column("time"), expression=_instant(after.as_of)), exp.or_(later, arrived))
    )
    return BitMap(engine().query(query, source)["customer_id"].to_numpy())


def _newest_event(moment: datetime) -> int:
    """The id of the newest event that had arrived by then; ids rise with the time of arrival, so it is searched for."""
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    low, high = 0, newest or 0
    while low < high:
        middle = (low + high + 1) // 2
        row = Event.objects.filter(pk__lte=middle).order_by("-pk").values_list("pk", "received_at").first()
        if row is None or row[1] <= moment:
            low = middle
        else:
            high = min(row[0], middle) - 1
    return low


def _instant(moment: datetime) -> exp.Expression:
    return exp.cast(exp.Literal.string(moment.isoformat()), exp.DataType.Type.TIMESTAMPTZ)
