"""All that is known and computed of one customer."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from customers import selectors
from customers.forms import RevealForm
from customers.models import Customer
from customers.views import EVENTS_PER_PART


@permission_required("customers.view_customer", raise_exception=True)
def customer_360(request: HttpRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.select_related("personal", "merged_into"), pk=pk)
    context = {
        "customer": customer,
        "personal": selectors.personal_view(customer, unmasked=False),
        "may_reveal": request.user.has_perm("customers.unmask_customer"),
        "form": RevealForm(),
        "traits": selectors.traits_of(customer),
        "consents": selectors.consents_of(customer),
        "timeline": selectors.timeline(customer, limit=EVENTS_PER_PART),
    }
    return render(request, "customers/detail.html", context)
