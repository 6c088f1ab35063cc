"""The switch against profiling: who refused to have conclusions drawn by statistics and models.

An answer in the ledger of consents like any other, with the purpose "profiling" and no channel. Without an answer it is
done; after a no the customer stays, and is left out of features, models and what is made of them.
"""

from collections.abc import Collection

from django.db.models import Q

from customers import consent
from customers.models import Consent, Customer

PURPOSE = consent.PROFILING


def refuse(*, customer: Customer, source: str, text_version: str = "") -> Consent:
    """The customer is profiled no longer."""
    return consent.withdraw(customer=customer, channel="", purpose=PURPOSE, source=source, text_version=text_version)


def allow(*, customer: Customer, source: str, text_version: str = "") -> Consent:
    """The customer may be profiled again."""
    return consent.grant(customer=customer, channel="", purpose=PURPOSE, source=source, text_version=text_version)


def refusing(customer_ids: Collection[int] | None = None) -> set[int]:
    """Ids of the customers, of these or of all, whose newest answer is no. Of merged ones the newest of all counts."""
    whose = Q() if customer_ids is None else Q(customer__in=customer_ids) | Q(customer__merged_into__in=customer_ids)
    answers = Consent.objects.filter(whose, purpose=PURPOSE).order_by("at", "pk")
    rows = answers.values_list("customer_id", "customer__merged_into_id", "granted")
    newest = {root or customer: granted for customer, root, granted in rows}
    found = {customer for customer, granted in newest.items() if not granted}
    return found if customer_ids is None else found.intersection(customer_ids)


def refuses(customer_id: int) -> bool:
    """Whether this one does."""
    return bool(refusing([customer_id]))
