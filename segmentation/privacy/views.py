"""Pages of a customer's rights: what is asked for, what became of it, and the log of who saw what."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Customer, Erasure
from customers.privacy import access_log
from customers.privacy.recent import recently_signed_in
from segmentation.errors import SegmentationError
from segmentation.privacy import selectors, services
from segmentation.privacy.forms import ErasureForm
from segmentation.privacy.package import zipped
from segmentation.tasks import enqueue


@permission_required("customers.view_erasure", raise_exception=True)
def erasure_list(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {"rows": selectors.erasures()[:200]}
    if request.user.has_perm("customers.view_accesslog"):
        context |= {"entries": selectors.newest_entries(), "head": access_log.head()}
    return render(request, "segmentation/privacy/list.html", context)


@require_POST
@permission_required("customers.view_accesslog", raise_exception=True)
def log_check(request: HttpRequest) -> HttpResponse:
    """Look whether every entry of the access log is as it was written, up to a noted head if one is given."""
    noted = request.POST.get("head", "").strip() or None
    found = access_log.verify(head=noted)
    if found.sound:
        messages.success(request, _("All %(count)d entries are as they were written.") % {"count": found.entries})
    elif found.broken_at is not None:
        messages.error(request, _("Entry %(id)d is not as it was written.") % {"id": found.broken_at})
    else:
        messages.error(request, _("The log ends before the seal that you noted: its end was cut off."))
    return redirect("segmentation:erasure_list")


@permission_required("customers.erase_customer", raise_exception=True)
@recently_signed_in
def erasure_new(request: HttpRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    form = ErasureForm(request.POST or None)
    if form.is_valid():
        try:
            erasure = services.request_erasure(customer=customer, reason=form.cleaned_data["reason"], by=request.user)
        except SegmentationError as error:
            form.add_error(None, error.message)
        else:
            return _begun(erasure)
    return render(request, "segmentation/privacy/new.html", {"customer": customer, "form": form})


@permission_required("customers.view_erasure", raise_exception=True)
def erasure_detail(request: HttpRequest, key: int) -> HttpResponse:
    erasure = get_object_or_404(selectors.erasures(), pk=key)
    context = {
        "erasure": erasure,
        "places": selectors.places(erasure),
        "customer": selectors.customer_of(erasure),
        "run": selectors.newest_run(erasure),
        "waits": erasure.state == Erasure.State.WAITING and request.user.has_perm(services.RIGHT),
    }
    return render(request, "segmentation/privacy/detail.html", context)


@require_POST
@permission_required("customers.erase_customer", raise_exception=True)
@recently_signed_in
def erasure_decide(request: HttpRequest, key: int) -> HttpResponse:
    erasure = get_object_or_404(Erasure, pk=key)
    try:
        return _begun(services.decide(erasure=erasure, go="go" in request.POST, by=request.user))
    except SegmentationError as error:
        messages.error(request, error.message)
        return redirect("segmentation:erasure_detail", erasure.pk)


@require_POST
@permission_required("customers.tell_customer", raise_exception=True)
@recently_signed_in
def customer_package(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is known of a customer, as a ZIP."""
    customer = get_object_or_404(Customer, pk=pk)
    answer = HttpResponse(zipped(services.known_of(customer, by=request.user)), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="customer-{customer.pk}.zip"'
    answer["Cache-Control"] = "no-store, private"
    return answer


def _begun(erasure: Erasure) -> HttpResponse:
    if run := services.run_of(erasure):
        enqueue(run)
    return redirect("segmentation:erasure_detail", erasure.pk)
