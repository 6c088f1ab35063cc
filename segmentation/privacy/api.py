"""A customer's rights over the API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED
from rest_framework.views import APIView

from customers.models import Customer, Erasure
from customers.privacy.recent import require_recent
from segmentation.privacy import selectors, services
from segmentation.tasks import enqueue


class ErasureShape(serializers.Serializer):
    """An erasure; the receipt counts by place what was found, which places are done, and what is left."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(Erasure.State.choices)
    requested_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    receipt = serializers.DictField()


class ErasureList(ListAPIView):
    """All erasures, newest first."""

    permission_required = "customers.view_erasure"
    serializer_class = ErasureShape
    ordering = ("-requested_at", "id")

    def get_queryset(self) -> QuerySet[Erasure]:
        return selectors.erasures()


class CustomerErasure(APIView):
    """Ask for a customer to be erased."""

    permission_required = "customers.erase_customer"

    class Input(serializers.Serializer):
        reason = serializers.CharField(min_length=5, max_length=200, help_text="Without names.")

    @extend_schema(request=Input, responses={202: ErasureShape})
    def post(self, request: Request, id: int) -> Response:
        require_recent(request)
        given = self.Input(data=request.data)
        given.is_valid(raise_exception=True)
        customer = get_object_or_404(Customer, pk=id)
        erasure = services.request_erasure(customer=customer, by=request.user, **given.validated_data)
        if run := services.run_of(erasure):
            enqueue(run)
        return Response(ErasureShape(erasure).data, status=HTTP_202_ACCEPTED)


class CustomerKnown(APIView):
    """Everything that is known of a customer, by place, unmasked, for the customer. Written to the access log."""

    permission_required = "customers.tell_customer"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, id: int) -> Response:
        require_recent(request)
        told: dict[str, Any] = services.known_of(get_object_or_404(Customer, pk=id), by=request.user)
        return Response(told)
