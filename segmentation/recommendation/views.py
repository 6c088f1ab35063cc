"""Pages of the products: what is recommended, and to whom."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Product
from segmentation.recommendation import selectors
from segmentation.recommendation.forms import LeavingOut
from segmentation.recommendation.services import leave_out
from segmentation.runs.selectors import active_run, runs_of
from segmentation.runs.services import request_run
from segmentation.tasks import enqueue

COMPUTE = "recommendation.compute"


@permission_required("customers.view_product", raise_exception=True)
def product_list(request: HttpRequest) -> HttpResponse:
    """The products that are recommended, or those that fit the search."""
    query = request.GET.get("q", "").strip()
    plan = selectors.the_plan()
    context = {
        "q": query,
        "plan": plan,
        "result": plan.result,
        "page": selectors.product_page(query, request.GET.get("page", 1)),
        "leaving_out": LeavingOut(plan=plan),
        "active": active_run(COMPUTE, ""),
        "runs": runs_of(COMPUTE, "", limit=5),
    }
    return render(request, "segmentation/products/list.html", context)


@permission_required("customers.view_product", raise_exception=True)
def product_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One product and the customers for whom it is likely to be right."""
    product = get_object_or_404(Product, pk=pk)
    context = {
        "product": product,
        "sells": selectors.sells(product),
        "buyers": selectors.buyers_of(product),
        "prospects": selectors.prospects_of(product) if request.user.has_perm("customers.view_customer") else [],
        "plan": selectors.the_plan(),
    }
    return render(request, "segmentation/products/detail.html", context)


@require_POST
@permission_required("segmentation.change_recommendationplan", raise_exception=True)
def recommendation_rules(request: HttpRequest) -> HttpResponse:
    """Leave categories out, and let what was bought rest; categories count at once."""
    plan = selectors.the_plan()
    form = LeavingOut(request.POST, plan=plan)
    if form.is_valid():
        leave_out(plan=plan, **form.cleaned_data, by=request.user)
        messages.success(request, _("Saved. Categories count at once, days of rest from the next computation on."))
    else:
        messages.error(request, _("The days must be a number from 0 to 3650, the categories those of the list."))
    return redirect("segmentation:product_list")


@require_POST
@permission_required("segmentation.run_tag", raise_exception=True)
def recommendation_run(request: HttpRequest) -> HttpResponse:
    """Compute all recommendations now."""
    enqueue(request_run(kind=COMPUTE, by=request.user))
    return redirect("segmentation:product_list")
