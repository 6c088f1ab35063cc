"""The facts in the back office. Append-only ones can be looked at; what operators decide can be edited."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from customers import admin_api_keys, admin_imports, admin_intake, consent, selectors
from customers.catalogue import change_type
from customers.identities import HASHED_KINDS
from customers.models import (
    AccessLog,
    Consent,
    Customer,
    Event,
    EventType,
    Identity,
    PersonalRecord,
    Product,
    Property,
    Trait,
)
from customers.privacy import access_log
from customers.readonly_admin import FactAdmin

# They register the models of imports, intake and keys.
assert admin_api_keys
assert admin_imports
assert admin_intake


class EventNameFilter(admin.SimpleListFilter):
    """By the catalogue's names: asking the events themselves would read them all."""

    title = _("event")
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(row.name, selectors.label_of(row)) for row in EventType.objects.order_by("name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(Customer)
class CustomerAdmin(FactAdmin):
    list_display = ("external_id", "page", "first_seen_at", "updated_at", "merged_into")
    list_select_related = ("merged_into",)
    search_fields = ("external_id",)
    search_help_text = _("The beginning of a customer number, or a whole e-mail address or phone number.")
    ordering = ("id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found = selectors.customers_matching(search_term).values("pk") if search_term.strip() else None
        return (queryset if found is None else queryset.filter(pk__in=found)), False

    @display(description=_("page"))
    def page(self, customer: Customer) -> str:
        return format_html('<a href="{}">360°</a>', reverse("customers:detail", args=[customer.pk]))


@admin.register(PersonalRecord)
class PersonalRecordAdmin(FactAdmin):
    """Lists say what is known, never what it is; one record is shown masked. Unmasked is the customer's page only."""

    list_display = ("customer", "has_name", "has_email", "has_phone", "has_address", "synthetic")
    list_filter = ("synthetic",)
    list_select_related = ("customer",)
    fields = ("customer", "masked_name", "masked_email", "masked_phone", "masked_address", "synthetic")
    readonly_fields = fields

    @display(description=_("name"), boolean=True)
    def has_name(self, record: PersonalRecord) -> bool:
        return bool(record.name)

    @display(description=_("e-mail"), boolean=True)
    def has_email(self, record: PersonalRecord) -> bool:
        return bool(record.email)

    @display(description=_("phone"), boolean=True)
    def has_phone(self, record: PersonalRecord) -> bool:
        return bool(record.phone)

    @display(description=_("address"), boolean=True)
    def has_address(self, record: PersonalRecord) -> bool:
        return bool(record.address)

    @display(description=_("name"))
    def masked_name(self, record: PersonalRecord) -> str:
        return selectors.personal_view(record.customer, unmasked=False).name

    @display(description=_("e-mail"))
    def masked_email(self, record: PersonalRecord) -> str:
        return selectors.personal_view(record.customer, unmasked=False).email

    @display(description=_("phone"))
    def masked_phone(self, record: PersonalRecord) -> str:
        return selectors.personal_view(record.customer, unmasked=False).phone

    @display(description=_("address"))
    def masked_address(self, record: PersonalRecord) -> str:
        return selectors.personal_view(record.customer, unmasked=False).address


@admin.register(Identity)
class IdentityAdmin(FactAdmin):
    list_display = ("customer", "kind", "shown_value", "created_at")
    list_filter = ("kind",)
    list_select_related = ("customer",)
    search_fields = ("customer__external_id__startswith",)
    fields = ("customer", "kind", "shown_value", "created_at")
    readonly_fields = fields

    @display(description=_("value"))
    def shown_value(self, identity: Identity) -> str:
        return gettext("kept as a hash") if identity.kind in HASHED_KINDS else identity.value


@admin.register(Event)
class EventAdmin(FactAdmin):
    list_display = ("time", "name", "customer", "message_id")
    list_filter = (EventNameFilter,)
    list_select_related = ("customer",)
    search_fields = ("=message_id", "=customer__external_id")
    search_help_text = _("A whole message id or customer number.")
    ordering = ("-id",)
    exclude = ("properties",)
    readonly_fields = ("shown_properties",)

    @display(description=_("properties"))
    def shown_properties(self, event: Event) -> str:
        return json.dumps(selectors.shown_properties(event), ensure_ascii=False)


@admin.register(Product)
class ProductAdmin(ModelAdmin):
    list_display = ("sku", "name", "category", "brand", "price", "updated_at")
    search_fields = ("^sku", "name")
    readonly_fields = ("updated_at",)
    show_full_result_count = False
    ordering = ("id",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "sku") if obj else self.readonly_fields

    @display(description=_("category path"))
    def category(self, product: Product) -> str:
        return " / ".join(product.category_path)


class CatalogueAdmin(ModelAdmin):
    """Learnt from what is sent: neither added nor deleted by hand."""

    search_fields = ("name", "label_zh", "label_en")
    ordering = ("name",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(EventType)
class EventTypeAdmin(CatalogueAdmin):
    list_display = ("name", "label_zh", "label_en", "first_seen_at")
    list_editable = ("label_zh", "label_en")
    readonly_fields = ("name", "first_seen_at")


class FieldAdmin(CatalogueAdmin):
    """Properties and traits: how they are called, what type they have, how sensitive they are."""

    @display(description=_("values that do not fit the type"), ordering="misfits", label={"some": "warning"})
    def shown_misfits(self, field: Property | Trait) -> tuple[str, str]:
        return ("some" if field.misfits else ""), f"{field.misfits:,}"

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "type" in form.changed_data:
            change_type(field=obj, type=obj.type)
            text = _("Values sent before get the new type in rules when the lake is rebuilt (manage.py lake rebuild).")
            messages.warning(request, text)


@admin.register(Property)
class PropertyAdmin(FieldAdmin):
    list_display = ("name", "event_type", "scope", "type", "shown_misfits", "label_zh", "label_en", "field_class")
    list_filter = ("event_type", "scope", "type", "field_class")
    list_select_related = ("event_type",)
    readonly_fields = ("event_type", "scope", "name", "column", "misfits", "first_seen_at")


@admin.register(Trait)
class TraitAdmin(FieldAdmin):
    list_display = ("name", "type", "shown_misfits", "label_zh", "label_en", "field_class")
    readonly_fields = ("name", "column", "misfits", "first_seen_at")


@admin.register(Consent)
class ConsentAdmin(FactAdmin):
    """Answers are added, never changed."""

    list_display = ("customer", "purpose", "channel", "granted", "at", "source")
    list_filter = ("purpose", "channel", "granted")
    list_select_related = ("customer",)
    search_fields = ("customer__external_id__startswith",)
    autocomplete_fields = ("customer",)
    fields = ("customer", "purpose", "channel", "granted", "source", "text_version")
    ordering = ("-at",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("customers.add_consent")

    def save_model(self, request: HttpRequest, obj: Consent, form: ModelForm, change: bool) -> None:
        answer = consent.grant if obj.granted else consent.withdraw
        noted = answer(
            customer=obj.customer,
            channel=obj.channel,
            source=obj.source,
            purpose=obj.purpose,
            text_version=obj.text_version,
        )
        obj.pk, obj.at = noted.pk, noted.at


@admin.register(AccessLog)
class AccessLogAdmin(FactAdmin):
    list_display = ("at", "actor", "action", "object_kind", "object_key", "detail")
    list_filter = ("action", "object_kind")
    list_select_related = ("actor",)
    search_fields = ("object_key", "actor__username", "action")
    date_hierarchy = "at"
    actions = ("check_chain",)

    @admin.action(description=_("Check that nothing was changed or removed"))
    def check_chain(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        found = access_log.verify()
        if found.sound:
            messages.success(
                request, gettext("All %(count)d entries are as they were written.") % {"count": found.entries}
            )
        else:
            messages.error(request, gettext("Entry %(id)d is not as it was written.") % {"id": found.broken_at})
