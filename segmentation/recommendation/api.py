"""Recommendations over the API: what to offer a customer, and whom to offer a product."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import Customer, Product
from segmentation.recommendation import selectors

MOST = 20
# The answer before the first run.
NOTHING_YET = selectors.Offers([], [], "popularity", "", None)


class ProductShape(serializers.Serializer):
    """A product."""

    sku = serializers.CharField()
    name = serializers.CharField()
    brand = serializers.CharField()
    category_path = serializers.ListField(child=serializers.CharField())


class CustomerRecommendations(APIView):
    """What to offer a customer: what to buy again, and what is new, each with the purchases that speak for it."""

    permission_required = "segmentation.view_recommendationplan"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        count = serializers.IntegerField(required=False, default=10, min_value=1, max_value=MOST)
        without = serializers.CharField(
            required=False, default="", help_text="Broadest categories to leave out of this answer, by commas."
        )

    class Output(serializers.Serializer):
        class Again(serializers.Serializer):
            product = ProductShape()
            times = serializers.IntegerField(help_text="In how many orders the customer bought it.")

        class New(serializers.Serializer):
            product = ProductShape()
            score = serializers.FloatField(help_text="Comparable within this list only.")
            because = ProductShape(many=True, help_text="Bought products that speak for it most.")
            amounts = serializers.ListField(
                child=serializers.FloatField(), help_text="What each of them added to the score."
            )

        class Arrival(serializers.Serializer):
            product = ProductShape()
            because = serializers.CharField(help_text="The category or brand that speaks for it most.")

        made_from = serializers.ChoiceField(["purchases", "traits", "popularity"], source="source")
        algorithm = serializers.CharField()
        as_of = serializers.DateTimeField(allow_null=True, help_text="Null before the first run.")
        buy_again = Again(many=True, source="again")
        new_for_you = New(many=True, source="fresh")
        new_in_shop = Arrival(many=True, source="arrivals", help_text="Products that nobody bought yet.")

    @extend_schema(operation_id="customers_recommendations", responses=Output)
    def get(self, request: Request, id: int) -> Response:
        customer = Customer.objects.get(pk=id)
        without = [category.strip() for category in self.query["without"].split(",") if category.strip()]
        offers = selectors.offers_of(customer.pk, count=self.query["count"], without=without)
        return Response(self.Output(offers or NOTHING_YET).data)


class ProductCustomers(APIView):
    """The best customers for a product among those who have not bought it."""

    permission_required = "segmentation.view_recommendationplan"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        count = serializers.IntegerField(required=False, default=50, min_value=1, max_value=100)

    class Output(serializers.Serializer):
        id = serializers.IntegerField(source="customer.pk")
        external_id = serializers.CharField(source="customer.external_id")
        score = serializers.FloatField()

    @extend_schema(operation_id="products_customers", responses=Output(many=True))
    def get(self, request: Request, sku: str) -> Response:
        found = selectors.prospects_of(Product.objects.get(sku=sku), count=self.query["count"])
        return Response(self.Output(found, many=True).data)
