"""Pages of the deliveries: all plans, a new one, one with its progress and what became of each customer."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.privacy import access_log
from customers.privacy.recent import recently_signed_in
from segmentation.activation import planning, selectors
from segmentation.activation.delivery_forms import DeliveryForm
from segmentation.activation.delivery_models import Delivery, DeliveryOutcome, DeliveryPlan
from segmentation.activation.rights import may_export
from segmentation.activation.services import ExportOptions
from segmentation.activation.skipping import OUTCOMES
from segmentation.audiences.models import Audience
from segmentation.errors import SegmentationError
from segmentation.people import user_of
from segmentation.runs.advice import advice_for
from segmentation.runs.selectors import UNHAPPY, active_run, runs_of
from segmentation.runs.timetable import Cron
from segmentation.sets import selectors as sets
from segmentation.sets import store
from segmentation.tasks import enqueue

PER_PAGE, SHOWN = 25, 20


@require_GET
@permission_required("segmentation.view_deliveryplan", raise_exception=True)
def delivery_list(request: HttpRequest) -> HttpResponse:
    """All plans with how they went the last time and when they go next."""
    plans = DeliveryPlan.objects.select_related("audience", "owner").prefetch_related("deliveries")
    page = Paginator(plans, PER_PAGE).get_page(request.GET.get("page"))
    names = selectors.destinations()
    rows = [
        {"plan": plan, "destination": names.get(plan.destination, plan.destination), "next": _next(plan),
         "last": next(iter(runs_of(planning.KIND, str(plan.pk), limit=1)), None)}
        for plan in page
    ]  # fmt: skip
    audiences = Audience.objects.exclude(frozen_version=None)[:100]
    context = {"page": page, "rows": rows, "audiences": audiences, "destinations": names}
    return render(request, "segmentation/deliveries/list.html", context)


@permission_required("segmentation.add_deliveryplan", raise_exception=True)
@recently_signed_in
def delivery_new(request: HttpRequest, key: str, destination: str) -> HttpResponse:
    """A plan for this audience and destination."""
    audience = get_object_or_404(Audience, key=key)
    if destination not in selectors.destinations():
        raise Http404
    form = DeliveryForm(
        request.POST or None, destination=destination, person=request.user, initial={"name": audience.name}
    )
    if request.method == "POST" and form.is_valid():
        options = ExportOptions(columns=form.cleaned_data["columns"], language=get_language() or "", bom=True)
        try:
            plan = planning.create_plan(
                audience=audience, destination=destination, told=form.told(), options=options, by=request.user,
                **form.plan(),
            )  # fmt: skip
            return redirect("segmentation:delivery_detail", plan.pk)
        except SegmentationError as error:
            form.add_error(None, error.message)
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "audience": audience, "name": selectors.destinations()[destination]}
    return render(request, "segmentation/deliveries/form.html", context, status=422 if form.errors else 200)


@require_GET
@permission_required("segmentation.view_deliveryplan", raise_exception=True)
def delivery_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: its progress, what went wrong and what to do, and what became of each customer."""
    plan = get_object_or_404(DeliveryPlan.objects.select_related("audience", "owner"), pk=pk)
    last = next(iter(runs_of(planning.KIND, str(pk), limit=1)), None)
    deliveries = plan.deliveries.select_related("run", "version").prefetch_related("outcomes")[:SHOWN]
    context: dict[str, Any] = {
        "plan": plan,
        "destination": selectors.destinations().get(plan.destination, plan.destination),
        "running": active_run(planning.KIND, str(pk)),
        "failed": last if last and last.state in UNHAPPY else None,
        "advice": advice_for(last.error_code) if last else "",
        "next": _next(plan),
        "there": len(store.load(plan.delivered)) if plan.delivered else 0,
        "rows": [{"delivery": one, "outcomes": _outcomes(one)} for one in deliveries],
    }
    return render(request, "segmentation/deliveries/detail.html", context)


@require_GET
@permission_required(["segmentation.view_deliveryplan", "customers.view_customer"], raise_exception=True)
def delivery_outcome(request: HttpRequest, pk: int, outcome: str) -> HttpResponse:
    """The customers of one outcome of a delivery."""
    found = get_object_or_404(
        DeliveryOutcome.objects.select_related("delivery__plan__audience"), delivery=pk, outcome=outcome
    )
    page = Paginator(store.load(found.members), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": found.delivery.plan,
        "delivery": found.delivery,
        "name": OUTCOMES.get(outcome, outcome),
        "page": page,
        "members": sets.members(page.object_list),
    }
    return render(request, "segmentation/deliveries/outcome.html", context)


@require_POST
@permission_required("segmentation.export_audience", raise_exception=True)
@recently_signed_in
def delivery_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends it now."""
    enqueue(planning.request_delivery(plan=get_object_or_404(DeliveryPlan, pk=pk), by=request.user))
    return redirect("segmentation:delivery_detail", pk)


@require_POST
@permission_required("segmentation.change_deliveryplan", raise_exception=True)
def delivery_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Its timetable counts no more, or again."""
    plan = get_object_or_404(DeliveryPlan, pk=pk)
    planning.set_active(plan=plan, active=not plan.active, by=request.user)
    messages.success(request, _("The timetable counts again.") if plan.active else _("Paused."))
    return redirect("segmentation:delivery_detail", pk)


@require_GET
@permission_required("segmentation.export_audience", raise_exception=True)
@recently_signed_in
def delivery_download(request: HttpRequest, pk: int) -> FileResponse:
    """The file of a delivery, as long as it is kept; written to the access log."""
    delivery = get_object_or_404(Delivery.objects.select_related("plan"), pk=pk)
    if not may_export(request.user, reveals=delivery.plan.options.get("reveals", True)):
        raise PermissionDenied
    path = (settings.EXPORT_DIR / delivery.path).resolve()
    if not delivery.path or not path.is_relative_to(settings.EXPORT_DIR.resolve()) or not path.is_file():
        raise Http404(_("The file of this export is gone."))
    access_log.record(
        actor=user_of(request.user), action="delivery.download", object_kind="delivery", object_key=str(pk)
    )
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"{delivery.plan.audience.key}{path.suffix}")
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _outcomes(delivery: Delivery) -> list[tuple[Any, DeliveryOutcome]]:
    return [(OUTCOMES.get(one.outcome, one.outcome), one) for one in delivery.outcomes.all()]


def _next(plan: DeliveryPlan) -> Any:
    if not plan.active or not plan.timetable:
        return None
    return Cron.read(plan.timetable).next_after(timezone.now(), settings.TIME_ZONE)
