"""Pages of how long data are kept: periods with what is due, a dry run of another one, and letting go now."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.privacy.recent import recently_signed_in
from segmentation.errors import SegmentationError
from segmentation.privacy import retention
from segmentation.runs.selectors import runs_of
from segmentation.tasks import enqueue


@permission_required("customers.view_erasure", raise_exception=True)
def retention_page(request: HttpRequest) -> HttpResponse:
    """Each kind of data with its period, what is due, and what remains when it is gone."""
    rows = retention.overview(timezone.now())
    context: dict[str, Any] = {
        "rows": rows,
        "others": retention.OTHERS,
        "may_change": request.user.has_perm(retention.RIGHT),
        "any_period": any(one.days for one in rows),
        "any_due": any(one.due for one in rows),
        "run": next(iter(runs_of(retention.KIND, "", limit=1)), None),
    }
    return render(request, "segmentation/privacy/retention.html", context)


@permission_required("customers.erase_customer", raise_exception=True)
@recently_signed_in
def retention_try(request: HttpRequest, key: str) -> HttpResponse:
    """What a period would let go; posted, it counts from the next run on."""
    given = request.POST if request.method == "POST" else request.GET
    try:
        tried = retention.dry_run(key, int(given.get("days", "")), timezone.now())
        if request.method == "POST":
            days = None if "for_ever" in given else tried.days
            retention.set_period(key=key, days=days, by=request.user)
            messages.success(request, _("The period is set. What is due goes with the next run."))
            return redirect("segmentation:retention")
    except ValueError:
        messages.error(request, _("Say how many days."))
        return redirect("segmentation:retention")
    except SegmentationError as error:
        messages.error(request, error.message)
        return redirect("segmentation:retention")
    context = {"tried": tried, "set": key in retention.periods()}
    return render(request, "segmentation/privacy/retention_try.html", context)


@require_POST
@permission_required("customers.erase_customer", raise_exception=True)
@recently_signed_in
def retention_run(request: HttpRequest) -> HttpResponse:
    """Lets go now what is due."""
    if run := retention.request_retention(by=request.user):
        enqueue(run)
        messages.success(request, _("Under way."))
    return redirect("segmentation:retention")
