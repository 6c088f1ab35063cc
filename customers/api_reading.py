"""Products and events over the API. Properties that are marked as personal are masked."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from customers import selectors
from customers.api_writing import ProductStored, ProductWriting, take_products
from customers.models import Customer, Event, Product


class ProductOutput(serializers.Serializer):
    """A product; its category from broad to fine."""

    sku = serializers.CharField()
    name = serializers.CharField()
    category_path = serializers.ListField(child=serializers.CharField())
    brand = serializers.CharField()
    price = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    attributes = serializers.DictField()
    updated_at = serializers.DateTimeField()


class ProductList(ListAPIView):
    """Products, in the order in which they became known."""

    permission_required = {"GET": "customers.view_product", "POST": "customers.add_product"}
    serializer_class = ProductOutput
    Input = ProductWriting
    query: dict[str, Any]

    class Query(serializers.Serializer):
        search = serializers.CharField(required=False, max_length=100, help_text="Part of the number or name.")
        brand = serializers.CharField(required=False, max_length=100)

    def get_queryset(self) -> QuerySet[Product]:
        products = Product.objects.order_by("id")
        if search := self.query.get("search"):
            products = products.filter(Q(sku__icontains=search) | Q(name__icontains=search))
        return products.filter(brand=self.query["brand"]) if "brand" in self.query else products

    @extend_schema(operation_id="products_create", request=ProductWriting, responses={HTTP_201_CREATED: ProductStored})
    def post(self, request: Request) -> Response:
        """Stores products; what is told of known ones takes the place of what was known."""
        return take_products(request)


class ProductDetail(APIView):
    """One product."""

    permission_required = "customers.view_product"

    @extend_schema(operation_id="products_retrieve", responses=ProductOutput)
    def get(self, request: Request, sku: str) -> Response:
        return Response(ProductOutput(Product.objects.get(sku=sku)).data)


class CustomerEvents(ListAPIView):
    """What a customer did, newest first, what those merged into it did included."""

    permission_required = "customers.view_event"
    ordering = ("-time", "-id")
    query: dict[str, Any]

    class Query(serializers.Serializer):
        name = serializers.CharField(required=False, max_length=100, help_text="Of this name only.")
        since = serializers.DateTimeField(required=False, help_text="At or after.")
        until = serializers.DateTimeField(required=False, help_text="Before.")

    class Output(serializers.Serializer):
        message_id = serializers.CharField()
        name = serializers.CharField()
        time = serializers.DateTimeField()
        received_at = serializers.DateTimeField()
        customer = serializers.IntegerField(source="customer_id", help_text="Under whose name it was told.")
        properties = serializers.SerializerMethodField()

        def get_properties(self, event: Event) -> dict[str, Any]:
            return selectors.shown_properties(event)

    serializer_class = Output

    def get_queryset(self) -> QuerySet[Event]:
        events = selectors.facts_of(Customer.objects.get(pk=self.kwargs["id"]), Event)
        wanted = {"name": "name", "since": "time__gte", "until": "time__lt"}
        return events.filter(**{wanted[key]: value for key, value in self.query.items()})
