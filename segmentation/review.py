"""Versions of definitions on their way to life: draft → review → live → retired, or sent back to the author.

Shared by tags and segments. A version is never edited: a change is the next version. What makes a version live is the
affair of its stage; here is who may, and what becomes of the versions beside it.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of

LONGEST_NOTE = 1000


class State(models.TextChoices):
    """Where a version stands. At most one version of a definition is live, and at most one under review."""

    DRAFT = "draft", gettext_lazy("Draft")
    REVIEW = "review", gettext_lazy("Under review")
    LIVE = "live", gettext_lazy("Live")
    RETURNED = "returned", gettext_lazy("Sent back")
    RETIRED = "retired", gettext_lazy("Retired")


class ReviewedVersion(models.Model):
    """A definition as it stood, with who wrote it, who asked for what, and who answered."""

    State = State

    number = models.PositiveIntegerField(gettext_lazy("version"))
    state = models.CharField(gettext_lazy("state"), max_length=10, choices=State, default=State.DRAFT)
    # What changed and why, in the author's words; what the reviewer said.
    note = models.TextField(gettext_lazy("note"), blank=True, max_length=LONGEST_NOTE)
    answer = models.TextField(gettext_lazy("answer"), blank=True, max_length=LONGEST_NOTE)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("author"),
    )
    created_at = models.DateTimeField(gettext_lazy("created"), auto_now_add=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("submitted by"),
    )
    submitted_at = models.DateTimeField(gettext_lazy("submitted"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("reviewed by"),
    )
    reviewed_at = models.DateTimeField(gettext_lazy("reviewed"), null=True, blank=True)

    class Meta:
        abstract = True


def submit(version: ReviewedVersion, siblings: models.QuerySet[Any], *, note: str, by: Person) -> None:
    """Ask for a review. Another version that waited for one gives way: the newest is what is meant.

    Raises SegmentationError "not_submittable" for a version that is live, retired or under review.
    """
    if version.state not in {State.DRAFT, State.RETURNED}:
        raise SegmentationError(_("Only a draft can be submitted for review."), code="not_submittable")
    siblings.filter(state=State.REVIEW).update(state=State.RETIRED)
    version.state, version.note = State.REVIEW, note.strip()[:LONGEST_NOTE] or version.note
    version.submitted_by, version.submitted_at = user_of(by), timezone.now()
    version.answer = ""
    version.save(update_fields=["state", "note", "submitted_by", "submitted_at", "answer"])


def send_back(version: ReviewedVersion, *, answer: str, by: Person) -> None:
    """Refuse a version that is under review, saying why. Raises SegmentationError when it is not, or without words."""
    if version.state != State.REVIEW:
        raise SegmentationError(_("This version is not under review."), code="not_under_review")
    if not answer.strip():
        raise SegmentationError(_("Say what has to change."), code="answer_missing", where="answer")
    version.state, version.answer = State.RETURNED, answer.strip()[:LONGEST_NOTE]
    version.reviewed_by, version.reviewed_at = user_of(by), timezone.now()
    version.save(update_fields=["state", "answer", "reviewed_by", "reviewed_at"])


def make_live(version: ReviewedVersion, siblings: models.QuerySet[Any], *, answer: str = "", by: Person) -> None:
    """The version is the live one now; every other that was live or under review is retired."""
    siblings.filter(state__in=[State.LIVE, State.REVIEW]).exclude(pk=version.pk).update(state=State.RETIRED)
    version.state, version.answer = State.LIVE, answer.strip()[:LONGEST_NOTE]
    version.reviewed_by, version.reviewed_at = user_of(by), timezone.now()
    version.save(update_fields=["state", "answer", "reviewed_by", "reviewed_at"])


def was_live(version: ReviewedVersion) -> bool:
    """Whether the version was live once. One that was sent back, submitted again and given up was only looked at: only
    what goes live is reviewed after it was submitted and then retired."""
    if version.state != State.RETIRED or version.reviewed_at is None:
        return False
    return version.submitted_at is None or version.reviewed_at >= version.submitted_at


def refuse_own(version: ReviewedVersion, by: Person) -> None:
    """With the setting SEGTAG_FOUR_EYES nobody makes live what they wrote or submitted. Raises "own_version"."""
    person = user_of(by)
    if settings.FOUR_EYES and person is not None and person.pk in {version.created_by_id, version.submitted_by_id}:
        raise SegmentationError(
            _("You wrote or submitted this version. Another person has to approve it."), code="own_version"
        )
