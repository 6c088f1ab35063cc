"""Pages of the review: what waits, what it would change, the answer; the way back to an earlier version; the bin."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from segmentation.errors import SegmentationError
from segmentation.recycle_bin import BINS, Bin, binned
from segmentation.runs.services import request_run
from segmentation.segments import reviews
from segmentation.segments.impact import impact_of
from segmentation.segments.reviews import DESKS, Desk
from segmentation.tags.governance import delete_tag, submit_tag
from segmentation.tags.models import Tag
from segmentation.tasks import enqueue


@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    """Every version that waits for a reviewer."""
    rows = [one for one in reviews.waiting() if request.user.has_perm(DESKS[one.kind].view)]
    if not any(request.user.has_perm(desk.view) for desk in DESKS.values()):
        raise PermissionDenied
    return render(request, "segmentation/reviews/list.html", {"rows": rows})


@require_GET
def review_detail(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One version: what it says, what was said before, what it would change, and the two answers."""
    desk, owner = _owner(request, kind, key)
    version = reviews.waiting_for(owner)
    if version is None:
        messages.info(request, _("No version is under review."))
        return redirect(f"segmentation:{kind}_detail", key)
    context = {
        "kind": kind,
        "owner": owner,
        "version": version,
        "lines": reviews.in_words(owner, version),
        "live_lines": reviews.in_words(owner, owner.live_version),
        "may_review": request.user.has_perm(desk.right),
        "refusal": reviews.refusal(version, request.user),
    }
    return render(request, "segmentation/reviews/detail.html", context)


@require_GET
def review_impact(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The part of the page that takes a moment: who would enter, who leave, what else moves."""
    _desk, owner = _owner(request, kind, key)
    version = reviews.waiting_for(owner) or owner.versions.latest("number")
    context: dict[str, Any] = {"version": version, "owner": owner}
    try:
        context["impact"] = impact_of(owner, reviews.definition_of(version), as_of=timezone.now())
    except SegmentationError as error:
        context["error"] = error.message
    return render(request, "segmentation/reviews/impact.html", context)


@require_POST
def review_approve(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The version goes live and is computed."""
    desk, owner = _owner(request, kind, key)
    _refuse_without(request, desk.right)
    answer = request.POST.get("answer", "")
    if not _done(request, lambda: desk.approve(**{kind: owner}, answer=answer, by=request.user)):
        return redirect("segmentation:review_detail", kind, key)
    _compute(request, desk, key)
    messages.success(request, _("Approved. It is live and being computed."))
    return redirect(f"segmentation:{kind}_detail", key)


@require_POST
def review_send_back(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The version goes back to its author."""
    desk, owner = _owner(request, kind, key)
    _refuse_without(request, desk.right)
    answer = request.POST.get("answer", "")
    if not _done(request, lambda: desk.send_back(**{kind: owner}, answer=answer, by=request.user)):
        return redirect("segmentation:review_detail", kind, key)
    messages.success(request, _("Sent back to the author."))
    return redirect("segmentation:review_list")


@require_POST
def roll_back(request: HttpRequest, kind: str, key: str, number: int) -> HttpResponse:
    """An earlier version is live once more, and computed."""
    desk, owner = _owner(request, kind, key)
    _refuse_without(request, desk.right)
    get_object_or_404(owner.versions, number=number)
    if _done(request, lambda: desk.roll_back(**{kind: owner}, number=number, by=request.user)):
        _compute(request, desk, key)
        messages.success(request, _("Version %(number)d is live again.") % {"number": number})
    return redirect(f"segmentation:{kind}_detail", key)


@require_POST
def tag_submit(request: HttpRequest, key: str) -> HttpResponse:
    """The newest version of a tag asks for a review."""
    _refuse_without(request, "segmentation.change_tag")
    tag = get_object_or_404(Tag, key=key)
    if _done(request, lambda: submit_tag(tag=tag, note=request.POST.get("note", ""), by=request.user)):
        messages.success(request, _("Submitted for review."))
    return redirect("segmentation:tag_detail", key)


@require_POST
def tag_delete(request: HttpRequest, key: str) -> HttpResponse:
    """Into the recycle bin, unless something still uses it: then says what."""
    _refuse_without(request, "segmentation.delete_tag")
    tag = get_object_or_404(Tag, key=key)
    if not _done(request, lambda: delete_tag(tag=tag, by=request.user)):
        return redirect("segmentation:tag_detail", key)
    messages.success(request, _("The tag is in the recycle bin."))
    return redirect("segmentation:tag_list")


@require_GET
def bin_list(request: HttpRequest) -> HttpResponse:
    """What was deleted and can be brought back."""
    allowed = [kind for kind, one in BINS.items() if request.user.has_perm(one.delete)]
    if not allowed:
        raise PermissionDenied
    rows = [(kind, row) for kind, row in binned() if kind in allowed]
    return render(request, "segmentation/reviews/bin.html", {"rows": rows})


@require_POST
def bin_restore(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Back out of the bin."""
    bin, row = _binned(request, kind, key)
    if not _done(request, lambda: bin.restore(**{kind: row}, by=request.user)):
        return redirect("segmentation:bin_list")
    messages.success(request, _("Restored with its versions and its history."))
    return redirect(f"segmentation:{kind}_detail", key)


@require_POST
def bin_purge(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Gone for good."""
    bin, row = _binned(request, kind, key)
    if _done(request, lambda: bin.purge(**{kind: row}, by=request.user)):
        messages.success(request, _("Deleted for good."))
    return redirect("segmentation:bin_list")


def _owner(request: HttpRequest, kind: str, key: str) -> tuple[Desk, Any]:
    if kind not in DESKS:
        raise Http404
    desk = DESKS[kind]
    _refuse_without(request, desk.view)
    return desk, get_object_or_404(desk.model.objects.select_related("live_version"), key=key)


def _binned(request: HttpRequest, kind: str, key: str) -> tuple[Bin, Any]:
    if kind not in BINS:
        raise Http404
    bin = BINS[kind]
    _refuse_without(request, bin.delete)
    return bin, get_object_or_404(bin.model.everything.filter(binned_at__isnull=False), key=key)


def _refuse_without(request: HttpRequest, right: str) -> None:
    if not request.user.has_perm(right):
        raise PermissionDenied


def _done(request: HttpRequest, change: Callable[[], object]) -> bool:
    """Whether the change was made; if not, the page says why."""
    try:
        change()
    except SegmentationError as error:
        messages.error(request, error.message)
        return False
    return True


def _compute(request: HttpRequest, desk: Desk, key: str) -> None:
    enqueue(request_run(kind=desk.run, subject=key, by=request.user))
