"""Telling facts over the API: events, customers, products, consents, and who is the same person.

A list is taken in as a whole request, its rows one by one: what cannot be stored is told with its place and harms no
other. Sent again, an event changes nothing; for the rest there is the header `Idempotency-Key`.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from customers import consent, merging, touched
from customers.ingest.pipeline import Report, ingest
from customers.ingest.products import renew_products
from customers.ingest.records import CustomerRecord, EventRecord, ProductRecord
from customers.models import Channel, Customer

# Rows of one request.
MOST = 1000


class Taken(serializers.Serializer):
    """What became of the rows: stored, known already, and refused make up all of them."""

    class Refused(serializers.Serializer):
        place = serializers.IntegerField(help_text="From 0.")
        code = serializers.CharField()

    stored = serializers.IntegerField()
    duplicates = serializers.ListField(child=serializers.CharField(), help_text="Ids of events known already.")
    refused = Refused(many=True)


class WhoInput(serializers.Serializer):
    """One customer by the ids that the sender has."""

    user_id = serializers.CharField(max_length=100, required=False, default="")
    anonymous_id = serializers.CharField(max_length=100, required=False, default="")
    time = serializers.DateTimeField(required=False, help_text="Now, if it is not given.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["user_id"] and not attrs["anonymous_id"]:
            raise serializers.ValidationError({"user_id": "Give user_id or anonymous_id."}, code="required")
        return attrs


class EventWriting(APIView):
    """Events, as an alternative to the tracking API."""

    permission_required = "customers.add_event"

    class Input(serializers.Serializer):
        class EventInput(WhoInput):
            message_id = serializers.CharField(max_length=100, help_text="The same id is the same event, for ever.")
            name = serializers.CharField(max_length=100)
            properties = serializers.DictField(required=False, default=dict)

        events = EventInput(many=True, allow_empty=False, max_length=MOST)  # type: ignore[call-arg]

    @extend_schema(operation_id="events_create", request=Input, responses={HTTP_201_CREATED: Taken})
    def post(self, request: Request) -> Response:
        """Stores events; 1,000 at most."""
        rows = checked(self.Input, request)["events"]
        return _take([EventRecord(**{"time": timezone.now(), **row}) for row in rows])


class CustomerWriting(serializers.Serializer):
    """Customers and what is known of them; a trait that is null is forgotten, one that is not named stays."""

    class CustomerInput(WhoInput):
        traits = serializers.DictField(required=False, default=dict)
        name = serializers.CharField(max_length=200, required=False, default="")
        email = serializers.CharField(max_length=200, required=False, default="")
        phone = serializers.CharField(max_length=50, required=False, default="")
        address = serializers.CharField(max_length=500, required=False, default="")

    customers = CustomerInput(many=True, allow_empty=False, max_length=MOST)  # type: ignore[call-arg]


def take_customers(request: Request) -> Response:
    """Stores what is known of customers."""
    rows = checked(CustomerWriting, request)["customers"]
    return _take([CustomerRecord(**{"time": timezone.now(), **row}) for row in rows])


class ProductWriting(serializers.Serializer):
    """Products; an empty field says nothing."""

    class ProductInput(serializers.Serializer):
        sku = serializers.CharField(max_length=100)
        name = serializers.CharField(required=False, default="")
        category_path = serializers.ListField(child=serializers.CharField(), required=False, default=list)
        brand = serializers.CharField(required=False, default="")
        attributes = serializers.DictField(required=False, default=dict)

    products = ProductInput(many=True, allow_empty=False, max_length=MOST)  # type: ignore[call-arg]


class ProductStored(serializers.Serializer):
    """How many products were told of."""

    stored = serializers.IntegerField()


def take_products(request: Request) -> Response:
    """Stores products; 1,000 at most."""
    rows = checked(ProductWriting, request)["products"]
    renew_products([ProductRecord(**row) for row in rows])
    return Response({"stored": len({row["sku"] for row in rows})}, status=HTTP_201_CREATED)


class ConsentWriting(APIView):
    """What a customer allows."""

    permission_required = "customers.add_consent"

    class Input(serializers.Serializer):
        channel = serializers.ChoiceField(Channel.choices, required=False, allow_blank=True, default="")
        granted = serializers.BooleanField()
        purpose = serializers.CharField(
            max_length=50,
            default=consent.MARKETING,
            help_text="`profiling`, without a channel: whether statistics and models may draw conclusions.",
        )
        text_version = serializers.CharField(max_length=50, required=False, default="")

        def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
            if bool(attrs["channel"]) == (attrs["purpose"] == consent.PROFILING):
                raise serializers.ValidationError({"channel": "Every purpose but profiling has one."}, code="required")
            return attrs

    class Output(serializers.Serializer):
        purpose = serializers.CharField()
        channel = serializers.ChoiceField(Channel.choices, allow_blank=True)
        granted = serializers.BooleanField()
        at = serializers.DateTimeField()

    @extend_schema(operation_id="customers_consents_create", request=Input, responses={HTTP_201_CREATED: Output})
    def post(self, request: Request, id: int) -> Response:
        """Notes that the customer allows a channel, or profiling, or withdraws it."""
        told = checked(self.Input, request)
        answer = consent.grant if told.pop("granted") else consent.withdraw
        noted = answer(customer=Customer.objects.get(pk=id), source="api", **told)
        return Response(self.Output(noted).data, status=HTTP_201_CREATED)


class Person(serializers.Serializer):
    """Whose facts count for whom now."""

    id = serializers.IntegerField()
    merged_into = serializers.IntegerField(allow_null=True, source="merged_into_id")


class MergeWriting(APIView):
    """Two customers are one person."""

    permission_required = "customers.add_identitylink"

    class Input(serializers.Serializer):
        into = serializers.IntegerField(min_value=1, help_text="Id of the customer that the facts count for from now.")

    @extend_schema(operation_id="customers_merge", request=Input, responses=Person)
    def post(self, request: Request, id: int) -> Response:
        """Merges the customer into another; undone by `separate`."""
        into = Customer.objects.get(pk=checked(self.Input, request)["into"])
        merging.merge(customer=Customer.objects.get(pk=id), into=into, by=request.user)  # type: ignore[arg-type]
        return Response(Person(Customer.objects.get(pk=id)).data)


class SeparateWriting(APIView):
    """A merge is undone."""

    permission_required = "customers.add_identitylink"

    class Input(serializers.Serializer):
        """Nothing is to be said."""

    @extend_schema(operation_id="customers_separate", request=Input, responses=Person)
    def post(self, request: Request, id: int) -> Response:
        """The facts of a merged customer count for itself again."""
        merging.separate(customer=Customer.objects.get(pk=id), by=request.user)  # type: ignore[arg-type]
        return Response(Person(Customer.objects.get(pk=id)).data)


def checked(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """The body, as the shape wants it."""
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _take(records: Sequence[EventRecord | CustomerRecord]) -> Response:
    now = timezone.now()
    with transaction.atomic():
        report = ingest(records, received_at=now)
        touched.mark(report.touched, now)
    return Response(Taken(_told(records, report)).data, status=HTTP_201_CREATED)


def _told(records: Sequence[EventRecord | CustomerRecord], report: Report) -> dict[str, Any]:
    places = {id(record): place for place, record in enumerate(records)}
    refused = [{"place": places[id(one.record)], "code": one.code} for one in report.refused]
    duplicates = [*report.duplicates, *report.suppressed]
    return {"stored": len(records) - len(refused) - len(duplicates), "duplicates": duplicates, "refused": refused}
