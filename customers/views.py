"""Pages of the facts alone: revealing an identity, what a customer did, imports."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers import merging, profiling, selectors
from customers.errors import CustomersError
from customers.forms import RevealForm
from customers.models import Customer
from customers.privacy import access_log
from customers.privacy.recent import recently_signed_in

EVENTS_PER_PART = 20


@require_POST
@permission_required("customers.unmask_customer", raise_exception=True)
@recently_signed_in
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The identity card, unmasked; who looked and why is written down first. Without a reason it stays masked."""
    customer = get_object_or_404(Customer.objects.select_related("personal"), pk=pk)
    form = RevealForm(request.POST)
    shown = form.is_valid()
    if shown:
        with transaction.atomic():
            access_log.record(
                actor=cast(User, request.user),
                action="reveal",
                object_kind="customer",
                object_key=str(customer.pk),
                detail={"reason": form.cleaned_data["reason"]},
            )
    context = {
        "customer": customer,
        "personal": selectors.personal_view(customer, unmasked=shown),
        "may_reveal": True,
        "form": form,
    }
    return render(request, "customers/identity.html", context)


@permission_required("customers.view_customer", raise_exception=True)
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """The next part of what the customer did."""
    customer = get_object_or_404(Customer, pk=pk)
    try:
        part = selectors.timeline(customer, before=request.GET.get("before"), limit=EVENTS_PER_PART)
    except CustomersError as error:
        return render(request, "partials/error.html", {"title": _("This cannot be shown"), "text": error.message})
    return render(request, "customers/timeline.html", {"customer": customer, "timeline": part})


@require_POST
@permission_required("customers.add_consent", raise_exception=True)
def profiling_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer refuses to be profiled, or allows it again."""
    customer = get_object_or_404(Customer, pk=pk, merged_into=None)
    answer = profiling.allow if "allow" in request.POST else profiling.refuse
    answer(customer=customer, source=f"page:{request.user.get_username()}")
    messages.success(request, _("Noted. Features, tags and lists follow with the next run, audiences at once."))
    return redirect("customers:detail", pk)


@require_POST
@permission_required("customers.add_identitylink", raise_exception=True)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The facts of another customer, named by number, count for this one from now on."""
    into = get_object_or_404(Customer, pk=pk)
    other = Customer.objects.filter(external_id=request.POST.get("other", "").strip()).first()
    if other is None:
        messages.error(request, _("There is no customer with this number."))
    else:
        _told(request, lambda: merging.merge(customer=other, into=into, by=cast(User, request.user)))
    return redirect("customers:detail", pk)


@require_POST
@permission_required("customers.add_identitylink", raise_exception=True)
def separate(request: HttpRequest, pk: int) -> HttpResponse:
    """A merged customer counts for itself again."""
    customer = get_object_or_404(Customer, pk=pk)
    _told(request, lambda: merging.separate(customer=customer, by=cast(User, request.user)))
    return redirect("customers:detail", pk)


def _told(request: HttpRequest, change: Callable[[], None]) -> None:
    """Make the change and say so, or why not."""
    try:
        change()
    except CustomersError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Done. Tags and segments follow within seconds, sizes with the next run."))
