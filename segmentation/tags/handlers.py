"""The job of the second stage: the customers of each value of a tag."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from segmentation.errors import SegmentationError
from segmentation.lake import versions
from segmentation.runs.claims import Claim
from segmentation.runs.handlers import handles
from segmentation.scores import store
from segmentation.sets.catalog import rule_catalog
from segmentation.tags import trials
from segmentation.tags.computing import Question, computed
from segmentation.tags.facts import Facts
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag, TagVersion
from segmentation.tags.values import save_outcome, scores_of

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

    With the parameter `rebuild` a clustering begins anew instead of from the groups as they were.
    """
    tag, version = _live_tag(claim.subject)
    source = versions.current_source()
    facts = Facts(source, claim.as_of, rule_catalog())
    begun = tag.last_run.result if tag.last_run and not claim.params.get("rebuild") else {}
    outcome = computed(
        Question(
            tag,
            version.definition,
            facts,
            seed=claim.seed,
            begun=begun,
            progress=lambda phase, done, total: claim.heartbeat(str(PHASES[phase]), done, total),
        )
    )
    kind = kind_of(tag.kind)
    result = {
        **outcome.details,
        "everybody": len(facts.everybody),
        "covered": len(outcome.covered),
        "sizes": {value.key: len(outcome.members[value.key]) for value in outcome.values},
    }
    with claim.commit(result, definition_version=version.number, lake_snapshot=versions.snapshot(source)):
        save_outcome(tag, outcome, names_stay=kind.names_stay, run=claim.run)
        if outcome.scores is not None:
            store.publish(scores_of(tag), outcome.scores, run=claim.run)


@handles("clusters.try")
def try_clusters(claim: Claim) -> dict[str, Any]:
    """Find the groups of a definition on trial. They are kept in the run's result alone: no tag changes."""
    facts = Facts(versions.current_source(), claim.as_of, rule_catalog())

    def progress(phase: str, done: int, total: int) -> None:
        claim.heartbeat(str(PHASES[phase]), done, total)

    return trials.tried(claim.params, facts, seed=claim.seed, progress=progress)


def _live_tag(key: str) -> tuple[Tag, TagVersion]:
    tag = Tag.objects.select_related("live_version", "last_run").filter(key=key, status=Tag.Status.LIVE).first()
    if tag is None or tag.live_version is None:
        raise SegmentationError(
            gettext("There is no live tag “%(key)s”: publish it first.") % {"key": key}, code="not_live"
        )
    return tag, tag.live_version
