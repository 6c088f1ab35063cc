"""The page of the rules of contact: the suppression list, frequency caps, the universal holdout."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from segmentation.audiences import suppression
from segmentation.audiences.contact_forms import PolicyForm, SuppressionForm
from segmentation.audiences.contact_models import Suppression
from segmentation.audiences.limits import the_policy
from segmentation.errors import SegmentationError

PER_PAGE = 25


@require_GET
@permission_required("segmentation.view_suppression", raise_exception=True)
def contact_rules(request: HttpRequest) -> HttpResponse:
    """Whom no campaign reaches, and how often a campaign may reach somebody."""
    return _page(request)


@require_POST
@permission_required("segmentation.add_suppression", raise_exception=True)
def suppress(request: HttpRequest) -> HttpResponse:
    """Puts the customers of the form on the list."""
    form = SuppressionForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form)
    try:
        told = suppression.import_list(**form.entry(), by=request.user)
    except SegmentationError as error:
        form.add_error(error.where if error.where in form.fields else None, error.message)
        return _page(request, form=form)
    messages.success(
        request,
        ngettext("%(count)d customer is on the list.", "%(count)d customers are on the list.", told.suppressed)
        % {"count": told.suppressed},
    )
    if told.unknown:
        named = ", ".join(told.unknown[: suppression.SHOWN_UNKNOWN])
        messages.warning(
            request, _("%(count)d belong to no customer: %(named)s") % {"count": len(told.unknown), "named": named}
        )
    return redirect("segmentation:contact_rules")


@require_POST
@permission_required("segmentation.delete_suppression", raise_exception=True)
def suppression_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one customer off the list."""
    suppression.lift(entry=get_object_or_404(Suppression, pk=pk), by=request.user)
    messages.success(request, _("Taken off the list."))
    return redirect("segmentation:contact_rules")


@require_POST
@permission_required("segmentation.change_contactpolicy", raise_exception=True)
def policy_save(request: HttpRequest) -> HttpResponse:
    """The caps and the universal holdout from now on."""
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _page(request, policy_form=form)
    suppression.set_policy(**form.policy(), by=request.user)
    messages.success(request, _("The rules of contact hold from now on."))
    return redirect("segmentation:contact_rules")


def _page(
    request: HttpRequest, form: SuppressionForm | None = None, policy_form: PolicyForm | None = None
) -> HttpResponse:
    rows = Suppression.objects.select_related("customer", "by")
    if wanted := request.GET.get("q", "").strip():
        rows = rows.filter(customer__external_id=wanted)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "q": wanted,
        "form": form or SuppressionForm(),
        "policy_form": policy_form or PolicyForm.of(the_policy()),
    }
    status = 422 if form or policy_form else 200
    return render(request, "segmentation/audiences/contact_rules.html", context, status=status)
