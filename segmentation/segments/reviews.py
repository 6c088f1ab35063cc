"""Tags and segments alike, as reviewers and the recycle bin see them: what waits, and which service does what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from segmentation import recycle_bin, review
from segmentation.errors import SegmentationError
from segmentation.people import Person
from segmentation.review import ReviewedVersion
from segmentation.segments import fixed
from segmentation.segments import governance as segments
from segmentation.segments.models import Segment, SegmentVersion
from segmentation.tags import governance as tags
from segmentation.tags.definition_words import words_of
from segmentation.tags.folders import refuse_locked
from segmentation.tags.models import Tag, TagVersion

Owner = Tag | Segment
Line = tuple[str, str]


@dataclass(frozen=True)
class Desk:
    """What one of the two kinds of definitions is reviewed with. `right` is what a reviewer has to hold."""

    model: type[Owner]
    right: str
    view: str
    delete: str
    run: str
    approve: Callable[..., Any]
    send_back: Callable[..., Any]
    roll_back: Callable[..., Any]
    restore: Callable[..., Any]
    purge: Callable[..., Any]


DESKS: Mapping[str, Desk] = {
    "tag": Desk(
        Tag,
        "segmentation.publish_tag",
        "segmentation.view_tag",
        "segmentation.delete_tag",
        "tags.compute",
        tags.approve_tag,
        tags.send_back_tag,
        tags.roll_back_tag,
        tags.restore_tag,
        tags.purge_tag,
    ),
    "segment": Desk(
        Segment,
        "segmentation.publish_segment",
        "segmentation.view_segment",
        "segmentation.delete_segment",
        "segments.compute",
        segments.approve_segment,
        segments.send_back_segment,
        segments.roll_back_segment,
        segments.restore_segment,
        segments.purge_segment,
    ),
}

recycle_bin.BINS |= {
    kind: recycle_bin.Bin(desk.model, desk.delete, desk.restore, desk.purge) for kind, desk in DESKS.items()
}


@dataclass(frozen=True)
class Waiting:
    """A version under review."""

    kind: str
    owner: Owner
    version: TagVersion | SegmentVersion

    @property
    def is_new(self) -> bool:
        """Nothing is live yet."""
        return self.owner.live_version is None


def waiting() -> list[Waiting]:
    """Every version under review, the one that has waited longest first."""
    people = ("submitted_by", "created_by")
    of_tags = TagVersion.objects.filter(state=review.State.REVIEW, tag__binned_at=None)
    of_segments = SegmentVersion.objects.filter(state=review.State.REVIEW, segment__binned_at=None)
    found = [Waiting("tag", one.tag, one) for one in of_tags.select_related("tag__live_version", *people)]
    found += [
        Waiting("segment", one.segment, one) for one in of_segments.select_related("segment__live_version", *people)
    ]
    return sorted(found, key=lambda one: (str(one.version.submitted_at), one.kind, one.owner.key))


def waiting_for(owner: Owner) -> TagVersion | SegmentVersion | None:
    """Its version under review, if any."""
    return owner.versions.filter(state=review.State.REVIEW).select_related("created_by", "submitted_by").first()


def definition_of(version: ReviewedVersion) -> dict[str, Any]:
    """What a version says, as JSON."""
    return version.definition if isinstance(version, TagVersion) else version.rule  # type: ignore[attr-defined]


def in_words(owner: Owner, version: ReviewedVersion | None) -> list[Line]:
    """What a version says, line by line; empty where there is none, or no words for its kind."""
    if version is None:
        return []
    if isinstance(owner, Tag):
        return words_of(owner.kind, definition_of(version))
    return [("", fixed.in_words(definition_of(version)))]


def refusal(version: ReviewedVersion, by: Person) -> str:
    """Why this person's approval would not be taken, in words (their own, another's folder); empty if it would."""
    try:
        review.refuse_own(version, by)
        if isinstance(version, TagVersion):
            refuse_locked(version.tag.category, by)
    except SegmentationError as error:
        return error.message
    return ""
