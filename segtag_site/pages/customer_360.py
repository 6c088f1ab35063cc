"""All that is known and computed of one customer."""

from collections.abc import Sequence

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from customers import profiling, selectors, touched
from customers.forms import RevealForm
from customers.models import Customer
from customers.names_selectors import names_of
from customers.views import EVENTS_PER_PART
from segmentation.errors import SegmentationError
from segmentation.profiles.selectors import FeatureValue, features_of
from segmentation.recommendation.selectors import offers_of
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.sets.selectors import named_sets
from segmentation.tags.loading import kind_of
from segmentation.tags.selectors import TagOfCustomer, tags_of

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
    unprofiled = profiling.refuses(customer.merged_into_id or pk)
    features = {} if unprofiled else {feature.key: feature for feature in _features(customer)}
    context = {
        "customer": customer,
        "unprofiled": unprofiled,
        "personal": selectors.personal_view(customer, unmasked=False),
        "may_reveal": request.user.has_perm("customers.unmask_customer"),
        "form": RevealForm(),
        "names": names_of(customer),
        "traits": selectors.traits_of(customer),
        "consents": selectors.consents_of(customer),
        "timeline": selectors.timeline(customer, limit=EVENTS_PER_PART),
        "features": list(features.values()),
        "pending": touched.waiting_since(customer.pk),
        "figures": [(features[key], symbol) for key, symbol in FIGURES.items() if key in features],
        "tags": _tags(pk, unprofiled) if request.user.has_perm("segmentation.view_tag") else [],
        "offers": offers_of(pk) if request.user.has_perm("segmentation.view_recommendationplan") else None,
        "segments": _segments(pk) if request.user.has_perm("segmentation.view_segment") else [],
    }
    return render(request, "customers/detail.html", context)


def _tags(customer_id: int, unprofiled: bool) -> list[TagOfCustomer]:
    """What the tags say; of who refused to be profiled, only what rules and people say."""
    return [one for one in tags_of(customer_id) if not (unprofiled and kind_of(one.tag.kind).profiles)]


def _features(customer: Customer) -> Sequence[FeatureValue]:
    """None while the lake is empty."""
    try:
        return features_of(customer.pk)
    except SegmentationError:
        return []


def _segments(customer_id: int) -> list[NamedSet]:
    """The segments that the customer is in now."""
    inside = set(store.holding(NamedSet.Kind.SEGMENT, customer_id))
    return [one for one in named_sets(NamedSet.Kind.SEGMENT) if (one.kind, one.key, one.value) in inside]
