"""Pages of the runs: what ran, what runs, how it ended."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from segmentation.errors import SegmentationError
from segmentation.lake.models import LakeSnapshot
from segmentation.runs import selectors, services
from segmentation.runs.advice import advice_for
from segmentation.runs.handlers import kinds
from segmentation.runs.models import Run
from segmentation.runs.names import figures, kind_name
from segmentation.runs.progress import progress_of
from segmentation.runs.rights import may_replay
from segmentation.tasks import enqueue

RUNS_PER_PAGE = 30
# What may be started from the list, for all customers at once.
STARTABLE = ("flow.nightly", "lake.sync", "profiles.compute")


@permission_required("segmentation.view_run", raise_exception=True)
def run_list(request: HttpRequest) -> HttpResponse:
    """All runs; the table alone when it asks for itself again while something runs."""
    chosen = {name: request.GET.get(name, "") for name in ("kind", "state", "subject")}
    page = Paginator(selectors.run_list(**chosen), RUNS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "subjects": selectors.subject_names(page),
        "chosen": chosen,
        "active": any(run.is_active for run in page),
        "kinds": [(kind, kind_name(kind)) for kind in kinds()],
        "states": Run.State.choices,
        "startable": [(kind, kind_name(kind)) for kind in STARTABLE],
        "lake": LakeSnapshot.objects.order_by("-pk").first(),
    }
    part = "HX-Request" in request.headers
    return render(request, "segmentation/runs/table.html" if part else "segmentation/runs/list.html", context)


@permission_required("segmentation.view_run", raise_exception=True)
def run_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One run: where its result comes from, and what to do when there is none."""
    run = get_object_or_404(Run.objects.select_related("requested_by", "lake_snapshot"), pk=pk)
    context = {
        "run": run,
        "subject": selectors.subject_names([run]).get(run.subject, run.subject),
        "advice": advice_for(run.error_code),
        "sets": selectors.published_sets(run),
        "figures": figures(run.result),
        "may_replay": may_replay(request.user, run.kind),
        "may_cancel": run.is_active and _may_cancel(request, run),
    }
    return render(request, "segmentation/runs/detail.html", context)


@permission_required("segmentation.view_run", raise_exception=True)
def run_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bar as it is now. When the run has ended, the page that shows it is loaded again."""
    run = get_object_or_404(Run, pk=pk)
    response = render(request, "partials/progress.html", progress_of(run))
    if not run.is_active:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@permission_required("segmentation.run_tag", raise_exception=True)
def run_start(request: HttpRequest) -> HttpResponse:
    """Starts one of the runs that are about all customers."""
    kind = request.POST.get("kind", "")
    if kind not in STARTABLE:
        raise PermissionDenied
    params = {"everything": True} if kind == "flow.nightly" else {}
    return started(request, services.request_run(kind=kind, params=params, by=request.user))


@require_POST
@permission_required("segmentation.run_tag", raise_exception=True)
def run_replay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same again: same base date, seed and parameters."""
    run = get_object_or_404(Run, pk=pk)
    if not may_replay(request.user, run.kind):
        raise PermissionDenied
    return started(request, services.replay(run=run, by=request.user))


@require_POST
def run_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ends a run without effect: whoever asked for it may, and whoever may change runs."""
    run = get_object_or_404(Run, pk=pk)
    if not _may_cancel(request, run):
        raise PermissionDenied
    try:
        services.cancel(run=run)
    except SegmentationError:
        messages.info(request, _("The run had already ended."))
    else:
        messages.success(request, _("Cancelled. Nothing was changed."))
    return redirect("segmentation:run_detail", run.pk)


def started(request: HttpRequest, run: Run) -> HttpResponse:
    """Rings for the run and shows it."""
    enqueue(run)
    return redirect("segmentation:run_detail", run.pk)


def _may_cancel(request: HttpRequest, run: Run) -> bool:
    return request.user.has_perm("segmentation.change_run") or run.requested_by_id == request.user.pk
