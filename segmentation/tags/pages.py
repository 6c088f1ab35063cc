"""Pages of the cluster studio: ask for groups, look at them, take another number or algorithm, save, rename."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from segmentation.errors import SegmentationError
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.tags import cluster_pictures as pictures
from segmentation.tags import governance, services
from segmentation.tags.cluster_views import algorithm_names
from segmentation.tags.cluster_words import contest_rows, warnings
from segmentation.tags.definition_words import cluster_in_words
from segmentation.tags.models import Tag, TagValue
from segmentation.tags.problems import DefinitionError
from segmentation.tags.studio_forms import ADVICE, USUAL, StudioForm, initial_of
from segmentation.tags.trials import KIND, TRY, request_trial, save_trial, tag_of
from segmentation.tags.value_names import rename_value
from segmentation.tasks import enqueue


@permission_required(("segmentation.view_tag", "segmentation.run_tag"), raise_exception=True)
def cluster_new(request: HttpRequest) -> HttpResponse:
    """The studio: which customers, alike in what, by which algorithm. With ?tag= it changes a clustering there is."""
    key = request.GET.get("tag", "")
    tag = get_object_or_404(Tag, key=key, kind=KIND) if key else None
    newest = tag.versions.first() if tag else None
    initial = initial_of(newest.definition) if newest else {"features": USUAL}
    form = StudioForm(request.POST or None, tag=tag, initial=initial)
    if request.method == "POST" and form.is_valid() and (run := _requested(request, form, tag)):
        return redirect("segmentation:cluster_trial", run.subject)
    return render(request, "segmentation/clusters/studio.html", {"form": form, "tag": tag, "advice": ADVICE})


@permission_required("segmentation.view_tag", raise_exception=True)
def cluster_trial(request: HttpRequest, subject: str) -> HttpResponse:
    """What a trial found: candidates, map, heat map, groups, quality; nothing of it is published yet."""
    run = _trial(subject)
    result, faces = run.result, pictures.tried_faces(run.result)
    context = {
        "run": run,
        "tag": tag_of(run.params),
        "title": _name(run),
        "lines": cluster_in_words(run.params["definition"]),
        **pictures.pictured(result, faces),
        "warnings": warnings(result),
        "contest": contest_rows(result, algorithm_names()),
    }
    return render(request, "segmentation/clusters/trial.html", context)


@require_POST
@permission_required("segmentation.run_tag", raise_exception=True)
def cluster_trial_again(request: HttpRequest, subject: str) -> HttpResponse:
    """The same with another number of groups, or another algorithm."""
    before = _trial(subject)
    definition = dict(before.params["definition"])
    if request.POST.get("k", "").isdigit():
        definition["k"] = int(request.POST["k"])
    if request.POST.get("algorithm"):
        definition["algorithm"] = request.POST["algorithm"]
    names = {name: before.params[name] for name in ("name_zh", "name_en")}
    try:
        run = request_trial(definition=definition, tag=tag_of(before.params), by=request.user, **names)
    except DefinitionError as error:
        messages.error(request, _told(error))
        return redirect("segmentation:cluster_trial", subject)
    enqueue(run)
    return redirect("segmentation:cluster_trial", run.subject)


@require_POST
@permission_required("segmentation.add_tag", raise_exception=True)
def cluster_trial_save(request: HttpRequest, subject: str) -> HttpResponse:
    """A draft that asks for a review; or live at once and computed, for whoever may publish."""
    publish = "publish" in request.POST and request.user.has_perm("segmentation.publish_tag")
    try:
        tag = save_trial(run=_trial(subject), by=request.user)
        if not publish:
            governance.submit_tag(tag=tag, by=request.user)
            messages.success(request, _("Saved, and submitted for review."))
            return redirect("segmentation:tag_detail", tag.key)
        services.publish_tag(tag=tag, by=request.user)
    except SegmentationError as error:
        messages.error(request, error.message)
        return redirect("segmentation:cluster_trial", subject)
    enqueue(request_run(kind="tags.compute", subject=tag.key, by=request.user))
    messages.success(request, _("Published. The groups are being computed."))
    return redirect("segmentation:cluster_detail", tag.key)


@require_POST
@permission_required("segmentation.change_tag", raise_exception=True)
def cluster_rename(request: HttpRequest, key: str) -> HttpResponse:
    """Another name for one group; it keeps it from run to run."""
    value = get_object_or_404(TagValue, tag__key=key, tag__kind=KIND, key=request.POST.get("value", ""))
    try:
        rename_value(
            value=value,
            name_zh=request.POST.get("name_zh", ""),
            name_en=request.POST.get("name_en", ""),
            by=request.user,
        )
        messages.success(request, _("Renamed."))
    except SegmentationError as error:
        messages.error(request, error.message)
    return redirect("segmentation:cluster_detail", key)


@permission_required("segmentation.view_tag", raise_exception=True)
def cluster_card(request: HttpRequest, key: str) -> HttpResponse:
    """The model card of the last run with the model itself, as a JSON file."""
    tag = get_object_or_404(Tag.objects.select_related("last_run"), key=key, kind=KIND)
    run = get_object_or_404(Run, pk=tag.last_run_id)
    document = {
        "tag": tag.key,
        "run": str(run.pk),
        "definition_version": run.definition_version,
        "lake_snapshot": run.lake_snapshot_id,
        "card": run.result.get("card", {}),
        "groups": [
            {"key": value.key, "zh": value.name_zh, "en": value.name_en} for value in tag.values.order_by("order")
        ],
        "model": run.result.get("model", {}),
    }
    answer = HttpResponse(json.dumps(document, ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{tag.key}-model-card.json"'
    return answer


def _requested(request: HttpRequest, form: StudioForm, tag: Tag | None) -> Run | None:
    """The trial of a valid form, rung for; None when the definition cannot run, which the form then tells."""
    try:
        run = request_trial(definition=form.definition(), tag=tag, by=request.user, **form.names())
    except DefinitionError as error:
        form.add_error(None, _told(error))
        return None
    enqueue(run)
    return run


def _trial(subject: str) -> Run:
    found = Run.objects.filter(kind=TRY, subject=subject).order_by("-requested_at").first()
    return found or get_object_or_404(Run, kind=TRY, subject=subject)


def _name(run: Run) -> str:
    """What the trial is called: as its tag, or as the tag would be."""
    if tag := tag_of(run.params):
        return tag.name
    in_chinese = (get_language() or "").startswith("zh")
    return run.params["name_zh"] if in_chinese else run.params["name_en"]


def _told(error: DefinitionError) -> str:
    language: Any = get_language() or ""
    return " ".join(problem.text(language) for problem in error.problems)
