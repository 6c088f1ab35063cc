"""Customers over the API. Names, e-mails, phones and addresses are always masked here."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from customers import selectors
from customers.api_writing import CustomerWriting, Taken, take_customers
from customers.models import Channel, Customer, ValueType


class CustomerList(ListAPIView):
    """Customers by id; with `search`, those whose number begins with it or whose whole e-mail or phone it is."""

    permission_required = {"GET": "customers.view_customer", "POST": "customers.add_customer"}
    Input = CustomerWriting
    query: dict[str, Any]

    class Query(serializers.Serializer):
        search = serializers.CharField(required=False, max_length=200)

    class Output(serializers.Serializer):
        id = serializers.IntegerField()
        external_id = serializers.CharField()
        name = serializers.SerializerMethodField(help_text="Masked.")
        first_seen_at = serializers.DateTimeField()
        updated_at = serializers.DateTimeField()

        def get_name(self, customer: Customer) -> str:
            return selectors.personal_view(customer, unmasked=False).name

    serializer_class = Output

    def get_queryset(self) -> QuerySet[Customer]:
        return selectors.customers_matching(self.query.get("search", ""))

    @extend_schema(request=CustomerWriting, responses={HTTP_201_CREATED: Taken})
    def post(self, request: Request) -> Response:
        """Stores what is known of customers; 1,000 at most. New ones are made."""
        return take_customers(request)


class CustomerDetail(APIView):
    """One customer: who it is, masked, its traits, and what it allows."""

    permission_required = "customers.view_customer"

    class Output(serializers.Serializer):
        class Person(serializers.Serializer):
            name = serializers.CharField()
            email = serializers.CharField()
            phone = serializers.CharField()
            address = serializers.CharField()
            synthetic = serializers.BooleanField(help_text="Invented for a demo, not a real person's.")

        class Trait(serializers.Serializer):
            name = serializers.CharField()
            label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's label
            type = serializers.ChoiceField(ValueType.choices)
            value = serializers.JSONField()

        class Consent(serializers.Serializer):
            purpose = serializers.CharField()
            channel = serializers.ChoiceField(Channel.choices)
            granted = serializers.BooleanField()
            at = serializers.DateTimeField()

        id = serializers.IntegerField(source="customer.id")
        external_id = serializers.CharField(source="customer.external_id")
        first_seen_at = serializers.DateTimeField(source="customer.first_seen_at")
        updated_at = serializers.DateTimeField(source="customer.updated_at")
        person = Person()
        traits = Trait(many=True)
        consents = Consent(many=True)

    @extend_schema(responses=Output)
    def get(self, request: Request, id: int) -> Response:
        customer = selectors.customers_matching().get(pk=id)
        shown = {
            "customer": customer,
            "person": selectors.personal_view(customer, unmasked=False),
            "traits": selectors.traits_of(customer),
            "consents": selectors.consents_of(customer),
        }
        return Response(self.Output(shown).data)
