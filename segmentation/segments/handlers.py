"""The job of the third stage: the customers of a segment."""

from django.utils.translation import gettext as _

from segmentation.errors import SegmentationError
from segmentation.lake import versions
from segmentation.runs.claims import Claim
from segmentation.runs.handlers import handles
from segmentation.runs.services import request_run
from segmentation.segments.fixed import members_of
from segmentation.segments.models import Segment
from segmentation.sets import answers, store
from segmentation.sets.alerts import size_alerts
from segmentation.sets.models import NamedSet


@handles("segments.compute")
def compute_segment(claim: Claim) -> None:
    """Compute a segment's live rule and publish its customers; a run again, the rule that it used.

    A base date before the newest changes nothing but what is kept of that date.
    """
    segment = Segment.objects.select_related("live_version").filter(key=claim.subject).first()
    if segment is None or segment.status != Segment.Status.LIVE or segment.live_version is None:
        raise SegmentationError(_("There is no segment “%(key)s”.") % {"key": claim.subject}, code="not_live")
    source = versions.current_source()
    claim.heartbeat(_("Rules"), 0, 1)
    version = segment.versions.filter(number=claim.run.definition_version).first() or segment.live_version
    references = answers.SetsAt(claim.as_of)
    members = members_of(
        version.rule,
        lambda rule: answers.answer(rule, as_of=claim.as_of, source=source, references=references),
    )
    newest = store.newest_date(NamedSet.Kind.SEGMENT, segment.key)
    past = newest is not None and claim.as_of < newest
    told = {} if past else size_alerts(NamedSet.Kind.SEGMENT, segment.key, {"": len(members)}, segment.alert_percent)
    with claim.commit(
        {"size": len(members), **told},
        definition_version=version.number,
        lake_snapshot=versions.snapshot(source),
    ):
        named_set = NamedSet.objects.get(kind=NamedSet.Kind.SEGMENT, key=segment.key)
        store.publish({named_set: members}, run=claim.run, as_of=claim.as_of)
        if not past:
            segment.last_run = claim.run
            segment.save(update_fields=["last_run"])
    if not past and Segment.objects.filter(pk=segment.pk).exclude(live_version=version).exists():
        # Changed while this one was at work, and told that a run is under way already. The sweep rings for it.
        request_run(kind=claim.run.kind, subject=segment.key)
