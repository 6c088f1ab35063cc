"""All that is known and computed of one customer."""

from collections.abc import Sequence

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from customers import selectors
from customers.forms import RevealForm
from customers.models import Customer
from customers.views import EVENTS_PER_PART
from segmentation.errors import SegmentationError
from segmentation.profiles.selectors import FeatureValue, features_of

# The features at the top of the page, each with a drawing.
FIGURES = {
    "monetary": "coins",
    "frequency": "shopping-cart",
    "average_order": "basket",
    "recency_days": "calendar-time",
}


@permission_required("customers.view_customer", raise_exception=True)
def customer_360(request: HttpRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.select_related("personal", "merged_into"), pk=pk)
    features = _features(customer)
    context = {
        "customer": customer,
        "personal": selectors.personal_view(customer, unmasked=False),
        "may_reveal": request.user.has_perm("customers.unmask_customer"),
        "form": RevealForm(),
        "traits": selectors.traits_of(customer),
        "consents": selectors.consents_of(customer),
        "timeline": selectors.timeline(customer, limit=EVENTS_PER_PART),
        "features": features,
        "figures": [(feature, FIGURES[feature.key]) for feature in features if feature.key in FIGURES],
    }
    return render(request, "customers/detail.html", context)


def _features(customer: Customer) -> Sequence[FeatureValue]:
    """None while the lake is empty."""
    try:
        return features_of(customer.pk)
    except SegmentationError:
        return []
