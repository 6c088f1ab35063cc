"""Pages beside the plan of an audience: the customers of a draft's step, the approval, the way into the bin."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from segmentation.audiences import approvals, services
from segmentation.audiences.models import Audience
from segmentation.audiences.pictures import MEANINGS
from segmentation.audiences.waterfall import STEP_NAMES
from segmentation.errors import SegmentationError
from segmentation.sets import selectors
from segmentation.tags.models import in_language

PER_PAGE = 25


@require_GET
@permission_required(["segmentation.view_audience", "customers.view_customer"], raise_exception=True)
def audience_step(request: HttpRequest, key: str, step: str) -> HttpResponse:
    """The customers of one step as it would be now: who fell out here, or who is in at the first and the last."""
    if step not in STEP_NAMES:
        raise Http404
    audience = get_object_or_404(Audience, key=key)
    context = {"audience": audience, "name": in_language(*STEP_NAMES[step]), "meaning": MEANINGS[step]}
    try:
        found = services.preview_waterfall(audience, timezone.now()).members(step)
    except SegmentationError as error:
        context["error"] = error.message
        return render(request, "segmentation/audiences/step.html", context)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context |= {"page": page, "members": selectors.members(page.object_list)}
    return render(request, "segmentation/audiences/step.html", context)


@require_POST
@permission_required("segmentation.approve_audience", raise_exception=True)
def audience_approve(request: HttpRequest, key: str) -> HttpResponse:
    """It may leave the house."""
    audience = get_object_or_404(Audience, key=key)
    try:
        approvals.approve_audience(audience=audience, by=request.user, answer=request.POST.get("answer", ""))
        messages.success(request, _("Approved: the audience can be exported and sent."))
    except SegmentationError as error:
        messages.error(request, error.message)
    return redirect("segmentation:audience_detail", key)


@require_POST
@permission_required("segmentation.approve_audience", raise_exception=True)
def audience_send_back(request: HttpRequest, key: str) -> HttpResponse:
    """A draft again, with what has to change."""
    audience = get_object_or_404(Audience, key=key)
    try:
        approvals.send_back_audience(audience=audience, by=request.user, answer=request.POST.get("answer", ""))
        messages.success(request, _("Sent back to the author."))
    except SegmentationError as error:
        messages.error(request, error.message)
    return redirect("segmentation:audience_detail", key)


@require_POST
@permission_required("segmentation.delete_audience", raise_exception=True)
def audience_delete(request: HttpRequest, key: str) -> HttpResponse:
    """Into the recycle bin, unless a rule still names it."""
    audience = get_object_or_404(Audience, key=key)
    try:
        approvals.delete_audience(audience=audience, by=request.user)
    except SegmentationError as error:
        messages.error(request, error.message)
        return redirect("segmentation:audience_detail", key)
    messages.success(request, _("The audience is in the recycle bin."))
    return redirect("segmentation:audience_list")
