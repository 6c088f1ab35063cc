"""The suppression list over the API: read it, add customers, take one off it."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from customers.models import Channel
from segmentation.audiences import suppression
from segmentation.audiences.contact_models import Suppression


class SuppressionList(ListAPIView):
    """Who is to be left alone, the newest first."""

    permission_required = {"GET": "segmentation.view_suppression", "POST": "segmentation.add_suppression"}
    ordering = ("-at", "-id")

    class Output(serializers.Serializer):
        id = serializers.IntegerField()
        customer = serializers.IntegerField(source="customer_id")
        external_id = serializers.CharField(source="customer.external_id")
        channel = serializers.CharField(help_text="Empty: every channel.")
        reason = serializers.CharField()
        source = serializers.CharField()  # type: ignore[assignment]  # a field, not where it comes from
        until = serializers.DateTimeField(allow_null=True, help_text="Null: for good.")
        at = serializers.DateTimeField()

    class Input(serializers.Serializer):
        customers = serializers.ListField(
            child=serializers.CharField(max_length=254),
            max_length=10_000,
            help_text="Customer numbers or e-mail addresses.",
        )
        channel = serializers.ChoiceField(Channel.choices, default="", allow_blank=True)
        reason = serializers.ChoiceField(Suppression.Reason.choices, default=Suppression.Reason.OTHER)
        source = serializers.CharField(  # type: ignore[assignment]
            max_length=100, default="", allow_blank=True
        )
        until = serializers.DateTimeField(allow_null=True, default=None)

    class Told(serializers.Serializer):
        suppressed = serializers.IntegerField()
        unknown = serializers.ListField(child=serializers.CharField())

    serializer_class = Output

    def get_queryset(self) -> QuerySet[Suppression]:
        return Suppression.objects.select_related("customer")

    @extend_schema(request=Input, responses=Told)
    def post(self, request: Request) -> Response:
        """Puts customers on the list."""
        shape = self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        entry: dict[str, Any] = shape.validated_data
        told = suppression.import_list(entry.pop("customers"), **entry, by=request.user)
        return Response(self.Told(told).data)


class SuppressionEntry(APIView):
    """One customer's entry on the list."""

    permission_required = {"DELETE": "segmentation.delete_suppression"}

    @extend_schema(responses={HTTP_204_NO_CONTENT: None})
    def delete(self, request: Request, id: int) -> Response:
        """Takes the customer off the list: reachable again, as far as there is a consent."""
        suppression.lift(entry=get_object_or_404(Suppression, pk=id), by=request.user)
        return Response(status=HTTP_204_NO_CONTENT)
