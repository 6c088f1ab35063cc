"""The page on which people decide whether two customers are one person."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers import duplicate_selectors, tasks
from customers.duplicates import searching
from customers.errors import CustomersError
from customers.models import Duplicate

PAIRS_PER_PAGE = 20
State = Duplicate.State


@permission_required("customers.view_customer", raise_exception=True)
def duplicates(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", State.PROPOSED)
    state = state if state in State.values else State.PROPOSED
    page = Paginator(duplicate_selectors.pairs(state), PAIRS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [duplicate_selectors.pair_row(pair) for pair in page],
        "states": [(one, one.label, duplicate_selectors.pairs(one).count()) for one in State],
        "state": state,
        "last": duplicate_selectors.last_search(),
    }
    return render(request, "customers/duplicates.html", context)


@require_POST
@permission_required("customers.add_identitylink", raise_exception=True)
def search(request: HttpRequest) -> HttpResponse:
    """Look for duplicates among all customers, in a job."""
    try:
        tasks.enqueue_search(searching.ask_for_search())
    except CustomersError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("The search has begun; reload this page in a moment."))
    return redirect("customers:duplicates")


@require_POST
@permission_required("customers.add_identitylink", raise_exception=True)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One person, or two."""
    pair = get_object_or_404(Duplicate.objects.select_related("first", "second"), pk=pk)
    one = request.POST.get("decision") == "same"
    try:
        (searching.accept if one else searching.refuse)(pair=pair, by=cast(User, request.user))
    except CustomersError as error:
        messages.error(request, error.message)
    else:
        told = _("Merged. It can be undone on the customer's page.") if one else _("Noted; they stay two persons.")
        messages.success(request, told)
    return redirect("customers:duplicates")
