"""Pages of the segments: list, one segment, and the builder for a new or changed rule."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.spelling import found_by, free_key
from segmentation import review
from segmentation.errors import SegmentationError
from segmentation.runs.selectors import active_run, runs_of
from segmentation.runs.services import request_run
from segmentation.segments import ready, selectors, services
from segmentation.segments.builder_words import builder_words
from segmentation.segments.fixed import fixed_of, in_words, is_fixed
from segmentation.segments.forms import SegmentForm, initial_of
from segmentation.segments.models import Segment
from segmentation.segments.origins import LIST, SNAPSHOT
from segmentation.segments.pictures import overlap_chart, portrait_of, size_chart
from segmentation.segments.rule_changes import rule_change
from segmentation.sets.selectors import size_history
from segmentation.sets.telling import told
from segmentation.tags.models import in_language
from segmentation.tasks import enqueue

SEGMENTS_PER_PAGE = 25
# Runs that the line beside a segment shows.
SPARKS = 30
VERSIONS_SHOWN = 10
COMPUTE = "segments.compute"
# Drawings for the cards of ready templates.
ICONS = {
    "new-customers": "user-plus",
    "first-order-only": "circle-dashed",
    "high-value": "diamond",
    "high-potential": "trending-up",
    "loyal": "heart",
    "churn-risk": "alert-triangle",
    "win-back": "ghost",
    "due-soon": "calendar-time",
    "price-sensitive": "discount",
    "coupon-hunters": "ticket",
    "promotion-unmoved": "zzz",
    "weekend-shoppers": "calendar-event",
    "category-fans": "basket",
    "rising": "flame",
}


@permission_required("segmentation.view_segment", raise_exception=True)
def segment_list(request: HttpRequest) -> HttpResponse:
    """All segments with size, change and freshness."""
    query = request.GET.get("q", "").strip()
    rows = [row for row in selectors.segment_list() if found_by(query, *_searched(row.segment))]
    page = Paginator(rows, SEGMENTS_PER_PAGE).get_page(request.GET.get("page"))
    history = size_history([row.named_set for row in page if row.named_set])
    sizes = {pk: [version.size for version in versions[-SPARKS:]] for pk, versions in history.items()}
    context = {"page": page, "q": query, "sizes": sizes, "overlap": overlap_chart(list(page))}
    return render(request, "segmentation/segments/list.html", context)


@permission_required("segmentation.view_segment", raise_exception=True)
def segment_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One segment: its rule in words, its customers in numbers, who uses it, what ran."""
    segment = _segment(key)
    versions = selectors.history(segment)
    context = {
        "segment": segment,
        "row": selectors.segment_row(segment),
        **_meaning(segment),
        "chart": size_chart(versions),
        "history": versions,
        "portrait": portrait_of(segment, request.GET.get("tag", "")),
        "used_by": selectors.used_by(segment),
        "versions": _versions(segment),
        "waiting": segment.versions.filter(state=review.State.REVIEW).first(),
        "active": active_run(COMPUTE, key),
        "runs": runs_of(COMPUTE, key, limit=5),
    }
    return render(request, "segmentation/segments/detail.html", context)


@permission_required("segmentation.add_segment", raise_exception=True)
def segment_new(request: HttpRequest) -> HttpResponse:
    """First the templates to choose from; then the builder, filled by one of them or empty."""
    template = request.GET.get("template")
    if request.method == "POST":
        return _created(request, SegmentForm(request.POST), template or "")
    if template is None:
        return render(request, "segmentation/segments/templates.html", {"templates": template_cards()})
    return _form(request, SegmentForm(initial=_from_template(template)), None)


@permission_required("segmentation.change_segment", raise_exception=True)
def segment_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another name or another rule; another rule is a new version."""
    segment = _segment(key)
    if segment.origin in {SNAPSHOT, LIST}:
        return redirect("segmentation:segment_fixed", key)
    if request.method == "POST":
        return _changed(request, SegmentForm(request.POST), segment)
    rule = segment.live_version.rule if segment.live_version else None
    return _form(request, SegmentForm(initial=initial_of(segment, rule)), segment)


@require_POST
@permission_required("segmentation.change_segment", raise_exception=True)
def segment_compare(request: HttpRequest, key: str) -> HttpResponse:
    """Who would enter and who would leave with the rule in the form."""
    context: dict[str, Any] = {}
    try:
        context["change"] = rule_change(_segment(key), SegmentForm(request.POST).document())
    except SegmentationError as error:
        context["error"] = error.message
    return render(request, "segmentation/segments/change.html", context)


@require_POST
@permission_required("segmentation.run_tag", raise_exception=True)
def segment_run(request: HttpRequest, key: str) -> HttpResponse:
    """Computes the segment now."""
    compute(request, _segment(key))
    return redirect("segmentation:segment_detail", key)


@require_POST
@permission_required("segmentation.delete_segment", raise_exception=True)
def segment_delete(request: HttpRequest, key: str) -> HttpResponse:
    """Deletes it, unless something still uses it: then says what."""
    try:
        services.delete_segment(segment=_segment(key), by=request.user)
    except SegmentationError as error:
        messages.error(request, error.message)
        return redirect("segmentation:segment_detail", key)
    messages.success(request, _("The segment is in the recycle bin."))
    return redirect("segmentation:segment_list")


def _meaning(segment: Segment) -> dict[str, Any]:
    """The live rule in words; or where customers who are fixed come from."""
    document = segment.live_version.rule if segment.live_version else None
    if document is None or not is_fixed(document):
        return {"told": told(document) if document else None}
    return {"fixed": fixed_of(document), "fixed_words": in_words(document)}


def _versions(segment: Segment) -> list[dict[str, Any]]:
    """The newest versions, each in words."""
    rows = segment.versions.select_related("created_by")[:VERSIONS_SHOWN]
    return [
        {
            "number": row.number,
            "state": row.state,
            "note": row.note,
            "answer": row.answer,
            "reviewed_at": row.reviewed_at,
            "created_at": row.created_at,
            "created_by": row.created_by,
            "words": in_words(row.rule),
        }
        for row in rows
    ]


def template_cards() -> list[dict[str, str]]:
    """The ready templates in the active language."""
    return [
        {
            "key": template.key,
            "name": in_language(*_both(template.labels)),
            "description": in_language(*_both(template.description)),
            "icon": ICONS.get(template.key, "template"),
        }
        for template in ready.TEMPLATES
    ]


def _created(request: HttpRequest, form: SegmentForm, template: str) -> HttpResponse:
    if form.is_valid():
        try:
            described = form.descriptive()
            key = key_of(described, template)
            segment = services.create_segment(
                key=key, rule=form.cleaned_data["rule"], template=template, by=request.user, **described
            )
        except SegmentationError as error:
            form.add_error(None, error.message)
        else:
            compute(request, segment)
            return redirect("segmentation:segment_detail", segment.key)
    return _form(request, form, None)


def _changed(request: HttpRequest, form: SegmentForm, segment: Segment) -> HttpResponse:
    if form.is_valid():
        try:
            before, newest = segment.live_version_id, segment.versions.first()
            services.update_segment(segment=segment, by=request.user, **form.descriptive(segment))
            version = services.new_version(segment=segment, rule=form.cleaned_data["rule"], by=request.user)
        except SegmentationError as error:
            form.add_error(None, error.message)
        else:
            if segment.live_version_id != before:
                compute(request, segment)
            elif newest is None or version.pk != newest.pk:
                messages.info(request, _("Submitted for review. Until then the segment stays as it is."))
            return redirect("segmentation:segment_detail", segment.key)
    return _form(request, form, segment)


def _form(request: HttpRequest, form: SegmentForm, segment: Segment | None) -> HttpResponse:
    context = {
        "form": form,
        "segment": segment,
        "document": form.document(),
        "problems": form.rule_field.problems,
        "words": builder_words(),
    }
    return render(request, "segmentation/segments/form.html", context, status=422 if form.errors else 200)


def compute(request: HttpRequest, segment: Segment) -> None:
    """Starts the run, if this person may and there is something live to run."""
    if segment.live_version_id and request.user.has_perm("segmentation.run_tag"):
        enqueue(request_run(kind=COMPUTE, subject=segment.key, by=request.user))


def _from_template(key: str) -> dict[str, Any]:
    try:
        template = ready.template(key)
    except LookupError:
        return {}
    mine, other = template.labels.zh, template.labels.en
    name = in_language(mine, other)
    return {
        "name": name,
        "other_name": other if name == mine else mine,
        "description": in_language(*_both(template.description)),
        "rule": template.draft(),
    }


def _both(labels: Any) -> tuple[str, str]:
    return labels.zh, labels.en


def _segment(key: str) -> Segment:
    return get_object_or_404(Segment.objects.select_related("live_version", "owner"), key=key)


def _searched(segment: Segment) -> tuple[str, ...]:
    return segment.key, segment.name_zh, segment.name_en


def key_of(described: services.Description, template: str = "") -> str:
    """A free key made of the English name, of the template's, or of the Chinese name's pinyin."""
    named = described["name_en"], described["name_zh"]
    latin = [template] if template and not named[0].isascii() else []
    return free_key(Segment, *latin, *named, otherwise="segment")
