"""The page that says why a customer is in a segment, or not."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.models import Customer
from segmentation.errors import SegmentationError
from segmentation.segments.fixed import in_words, is_fixed, named_by
from segmentation.segments.models import Segment
from segmentation.sets.explaining import explained


@permission_required(["segmentation.view_segment", "customers.view_customer"], raise_exception=True)
def segment_why(request: HttpRequest, key: str) -> HttpResponse:
    """Each condition of the live rule for one customer, as of now."""
    segment = get_object_or_404(Segment.objects.select_related("live_version"), key=key)
    asked = request.GET.get("customer", "").strip()
    context: dict[str, Any] = {"segment": segment, "asked": asked}
    if asked:
        customer = Customer.objects.filter(external_id=asked).first()
        context["customer"] = customer
        if customer is None:
            context["error"] = _("There is no customer with this number.")
        elif segment.live_version is None:
            context["error"] = _("The segment has no live rule.")
        elif is_fixed(segment.live_version.rule):
            context["named"] = customer.pk in named_by(segment.live_version.rule)
            context["named_where"] = in_words(segment.live_version.rule)
        else:
            context |= _told(segment.live_version.rule, customer)
    return render(request, "segmentation/segments/why.html", context)


def _told(rule: dict[str, Any], customer: Customer) -> dict[str, Any]:
    try:
        return {"told": explained(rule, customer.pk, as_of=timezone.now(), language=get_language() or "en")}
    except SegmentationError as error:
        return {"error": error.message}
