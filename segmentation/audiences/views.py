"""Pages of the audiences: plan, look who would be reached, freeze, and what was frozen."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from segmentation.audiences import selectors, services
from segmentation.audiences.approvals import may_approve
from segmentation.audiences.forms import AudienceForm, new_lots
from segmentation.audiences.limits import ranks
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.audiences.pictures import draft_urls, step_rows, step_urls, waterfall_chart
from segmentation.dependencies import users_of
from segmentation.errors import SegmentationError
from segmentation.runs.selectors import active_run, runs_of
from segmentation.segments.builder_words import builder_words
from segmentation.segments.models import Segment
from segmentation.sets.telling import rule_in_words
from segmentation.tasks import enqueue

AUDIENCES_PER_PAGE = 20


@permission_required("segmentation.view_audience", raise_exception=True)
def audience_list(request: HttpRequest) -> HttpResponse:
    """All audiences."""
    page = Paginator(selectors.audience_list(), AUDIENCES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "segmentation/audiences/list.html", {"page": page})


@permission_required("segmentation.add_audience", raise_exception=True)
def audience_new(request: HttpRequest) -> HttpResponse:
    """A new plan, from nothing or from the segment in the address."""
    if request.method == "POST":
        return _saved(request, AudienceForm(request.POST), None)
    return _form(
        request, AudienceForm(initial=_from_segment(request.GET.get("segment", "")) | {"lots": new_lots()}), None
    )


@permission_required("segmentation.change_audience", raise_exception=True)
def audience_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Changes a draft."""
    audience = _audience(key)
    if audience.state != Audience.State.DRAFT:
        messages.info(request, _("The audience is frozen. Reopen it to change it."))
        return redirect("segmentation:audience_detail", key)
    if request.method == "POST":
        return _saved(request, AudienceForm(request.POST), audience)
    return _form(request, AudienceForm(initial=dict(services.plan_of(audience))), audience)


@permission_required("segmentation.view_audience", raise_exception=True)
def audience_detail(request: HttpRequest, key: str) -> HttpResponse:
    """What is planned or was frozen, and what can be done next."""
    audience = _audience(key)
    versions = list(selectors.versions_of(audience))
    frozen = audience.frozen_version if audience.state != Audience.State.DRAFT else None
    steps = step_rows(frozen.waterfall, step_urls(frozen)) if frozen else []
    context = {
        "audience": audience,
        "frozen": frozen,
        "steps": steps,
        "chart": waterfall_chart(steps),
        "versions": versions,
        "freezing": active_run("audiences.freeze", key),
        "runs": runs_of("audiences.freeze", key, limit=5),
        "include_words": rule_in_words(audience.include),
        "exclude_words": rule_in_words(audience.exclude) if audience.exclude else "",
        "rank": ranks().get(audience.size_by, ""),
        "waits": frozen is not None and audience.state == Audience.State.WAITING,
        "may_approve": frozen is not None and may_approve(frozen, request.user),
        "sent_back": versions[0] if versions and versions[0].approval == AudienceVersion.Approval.RETURNED else None,
        "users": users_of(("audience", key)),
    }
    return render(request, "segmentation/audiences/detail.html", context)


@permission_required("segmentation.view_audience", raise_exception=True)
def audience_preview(request: HttpRequest) -> HttpResponse:
    """Who would be reached now: of a saved draft (GET ?key=), or of the form as it stands (POST)."""
    audience = _typed_in(request) if request.method == "POST" else _audience(request.GET.get("key", ""))
    context: dict[str, Any] = {}
    try:
        if audience:
            urls = draft_urls(audience.key) if request.method == "GET" else {}
            steps = step_rows(services.preview_waterfall(audience, timezone.now()).counts(), urls)
            context |= {"steps": steps, "chart": json.dumps(waterfall_chart(steps))}
    except SegmentationError as error:
        context["error"] = error.message
    return render(request, "segmentation/audiences/preview.html", context)


@require_POST
@permission_required("segmentation.freeze_audience", raise_exception=True)
def audience_freeze(request: HttpRequest, key: str) -> HttpResponse:
    """Starts the freezing."""
    try:
        enqueue(services.request_freeze(audience=_audience(key), by=request.user))
    except SegmentationError as error:
        messages.error(request, error.message)
    return redirect("segmentation:audience_detail", key)


@require_POST
@permission_required("segmentation.change_audience", raise_exception=True)
def audience_reopen(request: HttpRequest, key: str) -> HttpResponse:
    """A draft again."""
    services.reopen_audience(audience=_audience(key), by=request.user)
    messages.success(request, _("The audience is a draft again. What was frozen stays as it was."))
    return redirect("segmentation:audience_detail", key)


def _typed_in(request: HttpRequest) -> Audience | None:
    """The audience as the form has it; with the lots that it has when it was saved before. None while unfinished."""
    form = AudienceForm({**request.POST.dict(), "name": request.POST.get("name") or "–"})
    if not form.is_valid():
        return None
    known = Audience.objects.filter(key=request.POST.get("key", "")).first()
    return Audience(**form.plan(), salt=known.salt if known else form.cleaned_data["lots"])


def _saved(request: HttpRequest, form: AudienceForm, audience: Audience | None) -> HttpResponse:
    if not form.is_valid():
        return _form(request, form, audience)
    try:
        if audience:
            saved = services.update_audience(audience=audience, by=request.user, **form.plan())
        else:
            saved = services.create_audience(by=request.user, salt=form.cleaned_data["lots"], **form.plan())
    except SegmentationError as error:
        form.add_error(error.where if error.where in form.fields else None, error.message)
        return _form(request, form, audience)
    return redirect("segmentation:audience_detail", saved.key)


def _form(request: HttpRequest, form: AudienceForm, audience: Audience | None) -> HttpResponse:
    context = {
        "form": form,
        "audience": audience,
        "rules": form.documents(),
        "words": builder_words(),
        "segments": Segment.objects.order_by("key"),
    }
    status = 422 if form.errors else 200
    return render(request, "segmentation/audiences/form.html", context, status=status)


def _from_segment(key: str) -> dict[str, Any]:
    segment = Segment.objects.filter(key=key).first()
    if segment is None:
        return {}
    return {"name": segment.name, "include": {"version": 1, "rule": {"all": [{"segment": key}]}}}


def _audience(key: str) -> Audience:
    try:
        return selectors.audience_by_key(key)
    except Audience.DoesNotExist:
        raise Http404 from None
