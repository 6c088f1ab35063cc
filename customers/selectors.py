"""What pages, API and jobs read about customers."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers import identities
from customers.errors import CustomersError
from customers.ingest.contract import fit
from customers.models import Consent, Customer, Event, EventType, Product, Property, Trait, ValueType
from customers.models.catalogue import FieldClass
from customers.privacy import masking, personal

PAGE_SIZE = 50
MASKS = {
    "name": masking.mask_name,
    "email": masking.mask_email,
    "phone": masking.mask_phone,
    "address": masking.mask_address,
}


@dataclass(frozen=True)
class FactsSummary:
    """How much the shop has told us."""

    customers: int
    events: int
    products: int
    last_event_at: datetime | None


@dataclass(frozen=True)
class PersonalView:
    """Who a customer is, masked or not; a field that is not known is empty."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    synthetic: bool = False
    unmasked: bool = False


@dataclass(frozen=True)
class TraitView:
    """A trait with its name in the reader's language."""

    name: str
    label: str
    value: Any
    type: str


@dataclass(frozen=True)
class OrderLine:
    """One line of an order, with what is known of the product."""

    order_id: str
    time: datetime
    sku: str
    name: str
    category_path: list[str]
    brand: str
    quantity: float | None
    amount: float | None


@dataclass(frozen=True)
class TimelineEvent:
    """An event with its name in the reader's language; an order with its lines."""

    id: int
    name: str
    label: str
    time: datetime
    properties: dict[str, Any]
    lines: list[OrderLine] = field(default_factory=list)


@dataclass(frozen=True)
class Timeline:
    """Events, newest first; `older` is the `before` of the next part, None at the end."""

    events: list[TimelineEvent]
    older: str | None


def facts_summary() -> FactsSummary:
    return FactsSummary(
        customers=Customer.objects.filter(merged_into=None).count(),
        events=Event.objects.count(),
        products=Product.objects.count(),
        last_event_at=Event.objects.filter(time__lte=timezone.now()).aggregate(last=Max("time"))["last"],
    )


def customers_matching(query: str = "") -> QuerySet[Customer]:
    """Customers whose number begins with `query`, or whose whole e-mail or phone it is; all without a query."""
    customers = Customer.objects.filter(merged_into=None).select_related("personal").order_by("id")
    query = query.strip()
    if not query:
        return customers
    contacts = [identities.customers_known_as(kind, query) for kind in sorted(identities.HASHED_KINDS)]
    found = [customer.merged_into_id or customer.pk for contact in contacts for customer in contact]
    return customers.filter(Q(external_id__istartswith=query) | Q(pk__in=found))


def customer_page(
    query: str = "", *, ids: Collection[int] | None = None, number: int | str = 1, size: int = PAGE_SIZE
) -> Page[Customer]:
    """One page of the customers that match, by id; with `ids` only of those (a tag value's, a segment's, …)."""
    matching = customers_matching(query)
    if ids is None:
        return Paginator(matching, size).get_page(number)
    wanted = sorted(ids) if not query.strip() else [pk for pk in matching.values_list("pk", flat=True) if pk in ids]
    page: Page[Any] = Paginator(wanted, size).get_page(number)
    found = Customer.objects.select_related("personal").in_bulk(list(page.object_list))
    page.object_list = [found[pk] for pk in page.object_list if pk in found]
    return page


def personal_view(customer: Customer, *, unmasked: bool) -> PersonalView:
    """Who the customer is. The caller checks the right to see it unmasked, and notes it in the access log."""
    record = getattr(customer, "personal", None)
    if record is None:
        return PersonalView(unmasked=unmasked)
    clear = personal.read(record)
    shown = clear if unmasked else {name: MASKS[name](value) for name, value in clear.items()}
    return PersonalView(**shown, synthetic=record.synthetic, unmasked=unmasked)


def traits_of(customer: Customer) -> list[TraitView]:
    """What the shop's systems told us, in the catalogue's order; personal ones masked."""
    known = Trait.objects.filter(name__in=customer.traits).order_by("id")
    return [
        TraitView(trait.name, label_of(trait), _shown(trait, customer.traits[trait.name]), trait.type)
        for trait in known
    ]


def _shown(trait: Trait, value: object) -> object:
    return masking.mask_text(str(value)) if trait.field_class == FieldClass.PERSONAL and value is not None else value


def consents_of(customer: Customer) -> list[Consent]:
    """The newest answer of each purpose and channel."""
    newest = {(c.purpose, c.channel): c for c in facts_of(customer, Consent).order_by("at", "id")}
    return [newest[key] for key in sorted(newest)]


def facts_of(customer: Customer, model: type[Any]) -> QuerySet[Any]:
    """Rows of `model` told of the customer, or of those merged into it."""
    merged = Customer.objects.filter(merged_into=customer).values_list("pk", flat=True)
    return model._default_manager.filter(customer__in=[customer.pk, *merged])


def timeline(customer: Customer, before: str | None = None, limit: int = PAGE_SIZE) -> Timeline:
    """What the customer did, newest first, from `before` (the `older` of the part already shown)."""
    events = facts_of(customer, Event).order_by("-time", "-id")
    if before:
        time, pk = _read_cursor(before)
        events = events.filter(Q(time__lt=time) | Q(time=time, pk__lt=pk))
    found = list(events[: limit + 1])
    shown = found[:limit]
    return Timeline(_timeline_events(shown), _cursor(shown[-1]) if len(found) > limit else None)


def shown_properties(event: Event) -> dict[str, Any]:
    """The event's properties, personal ones masked, also those of its items."""
    masked = Property.objects.filter(event_type__name=event.name, field_class=FieldClass.PERSONAL)
    names = {scope: set(masked.filter(scope=scope).values_list("name", flat=True)) for scope in Property.Scope.values}
    shown = _masked(event.properties, names[Property.Scope.EVENT])
    if isinstance(items := shown.get("products"), list):
        shown["products"] = [
            _masked(item, names[Property.Scope.ITEM]) if isinstance(item, dict) else item for item in items
        ]
    return shown


def _masked(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {
        name: masking.mask_text(str(value)) if name in names and value is not None else value
        for name, value in values.items()
    }


def order_lines(customer: Customer) -> list[OrderLine]:
    """Every line of the customer's orders, newest first."""
    orders = list(facts_of(customer, Event).filter(name="Order Completed").order_by("-time", "-id"))
    return list(_lines(orders, _products(orders)))


def label_of(row: Any) -> str:
    """The name of a catalogue row in the reader's language; the sender's own name if it has none."""
    zh = (get_language() or "").startswith("zh")
    return (row.label_zh if zh else row.label_en) or row.name


def _timeline_events(events: Sequence[Event]) -> list[TimelineEvent]:
    names = {event.name for event in events}
    labels = {row.name: label_of(row) for row in EventType.objects.filter(name__in=names)}
    masked = _personal_properties(names)
    products = _products(events)
    return [
        TimelineEvent(
            id=event.pk,
            name=event.name,
            label=labels.get(event.name, event.name),
            time=event.time,
            properties={
                name: masking.mask_text(str(value)) if (event.name, name) in masked and value is not None else value
                for name, value in event.properties.items()
                if name != "products"
            },
            lines=list(_lines([event], products)),
        )
        for event in events
    ]


def _personal_properties(names: Collection[str]) -> set[tuple[str, str]]:
    """Which of these events' properties are to be masked, as (event, property)."""
    known = Property.objects.filter(event_type__name__in=names, field_class=FieldClass.PERSONAL)
    return set(known.filter(scope=Property.Scope.EVENT).values_list("event_type__name", "name"))


def _lines(events: Sequence[Event], products: dict[str, Product]) -> Iterator[OrderLine]:
    for event in events:
        for item in event.properties.get("products", ()):
            sku = str(item.get("sku", ""))
            product = products.get(sku) or Product(sku=sku)
            yield OrderLine(
                order_id=str(event.properties.get("order_id", "")),
                time=event.time,
                sku=sku,
                name=item.get("name") or product.name,
                category_path=product.category_path,
                brand=item.get("brand") or product.brand,
                quantity=_number(item.get("quantity")),
                amount=_number(item.get("amount")),
            )


def _number(value: object) -> float | None:
    number, _fits = fit(value, ValueType.NUMBER)
    return cast("float | None", number)


def _products(events: Sequence[Event]) -> dict[str, Product]:
    skus = {str(item.get("sku", "")) for event in events for item in event.properties.get("products", ())}
    return Product.objects.in_bulk(list(skus), field_name="sku")


def _cursor(event: Event) -> str:
    return f"{event.time.isoformat()}_{event.pk}"


def _read_cursor(text: str) -> tuple[datetime, int]:
    time, _separator, pk = text.rpartition("_")
    try:
        return datetime.fromisoformat(time), int(pk)
    except ValueError:
        raise CustomersError(_("This link is incomplete; start from the top."), code="bad_cursor") from None
