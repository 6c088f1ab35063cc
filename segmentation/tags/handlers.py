"""The job of the second stage: the customers of each value of a tag."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from segmentation.errors import SegmentationError
from segmentation.lake import versions
from segmentation.runs.claims import Claim
from segmentation.runs.handlers import handles
from segmentation.runs.services import request_run
from segmentation.scores import store
from segmentation.sets.alerts import size_alerts
from segmentation.sets.answers import SetsAt
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.models import NamedSet
from segmentation.sets.store import newest_date
from segmentation.tags import trials
from segmentation.tags.computing import Question, computed
from segmentation.tags.facts import Facts
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag, TagVersion
from segmentation.tags.values import result_before, save_outcome, scores_of

# What the kinds say they are doing, in words.
PHASES = {
    "rules": _("Finding customers by rules"),
    "encoding": _("Encoding features"),
    "choosing": _("Choosing the number of groups"),
    "fitting": _("Finding groups"),
    "describing": _("Describing the groups"),
}


@handles("tags.compute")
def compute_tag(claim: Claim) -> None:
    """Compute a tag's live version and publish all its values at once.

    With the parameter `rebuild` a clustering begins anew instead of from the groups as they were. A run again uses the
    version that it used, and a base date before the newest changes nothing but what is kept of that date.
    """
    tag, version = _live_tag(claim.subject, claim.run.definition_version)
    newest = newest_date(NamedSet.Kind.TAG_VALUE, tag.key)
    past = newest is not None and claim.as_of < newest
    source = versions.current_source()
    facts = Facts(source, claim.as_of, rule_catalog(), SetsAt(claim.as_of))
    last = result_before(tag, claim.as_of) if past else tag.last_run.result if tag.last_run else {}
    outcome = computed(
        Question(
            tag,
            version.definition,
            facts,
            seed=claim.seed,
            begun={} if claim.params.get("rebuild") else last,
            past=past,
            progress=lambda phase, done, total: claim.heartbeat(str(PHASES[phase]), done, total),
        )
    )
    kind = kind_of(tag.kind)
    sizes = {value.key: len(outcome.members[value.key]) for value in outcome.values}
    result = {
        **outcome.details,
        "everybody": len(facts.everybody),
        "covered": len(outcome.covered),
        "sizes": sizes,
        **({} if past else size_alerts(NamedSet.Kind.TAG_VALUE, tag.key, sizes, tag.alert_percent)),
    }
    with claim.commit(result, definition_version=version.number, lake_snapshot=versions.snapshot(source)):
        save_outcome(tag, outcome, names_stay=kind.names_stay, run=claim.run)
        if outcome.scores is not None and not past:
            store.publish(scores_of(tag), outcome.scores, run=claim.run)
    if not past and Tag.objects.filter(pk=tag.pk).exclude(live_version=version).exists():
        # Approved while this one was at work, and told that a run is under way already. The sweep rings for it.
        request_run(kind=claim.run.kind, subject=tag.key)


@handles("clusters.try")
def try_clusters(claim: Claim) -> dict[str, Any]:
    """Find the groups of a definition on trial. They are kept in the run's result alone: no tag changes."""
    facts = Facts(versions.current_source(), claim.as_of, rule_catalog())

    def progress(phase: str, done: int, total: int) -> None:
        claim.heartbeat(str(PHASES[phase]), done, total)

    return trials.tried(claim.params, facts, seed=claim.seed, progress=progress)


def _live_tag(key: str, number: int | None) -> tuple[Tag, TagVersion]:
    """The tag, and the version of this number; the live one, if there is no number."""
    tag = Tag.objects.select_related("live_version", "last_run").filter(key=key, status=Tag.Status.LIVE).first()
    if tag is None or tag.live_version is None:
        raise SegmentationError(
            gettext("There is no live tag “%(key)s”: publish it first.") % {"key": key}, code="not_live"
        )
    return tag, tag.versions.filter(number=number).first() or tag.live_version
