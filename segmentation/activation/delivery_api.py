"""Deliveries over the API: plan one, send it now, and what became of each customer."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_202_ACCEPTED
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from segmentation.activation import planning
from segmentation.activation.delivery_models import Delivery, DeliveryPlan
from segmentation.activation.loading import all_destinations
from segmentation.activation.results import results_page
from segmentation.activation.services import ExportOptions
from segmentation.activation.skipping import OUTCOMES
from segmentation.audiences.selectors import audience_by_key
from segmentation.runs.api import RunShape
from segmentation.tasks import enqueue


class PlanShape(serializers.Serializer):
    """Where an audience is sent, how and when. What the destination was told is not shown."""

    id = serializers.IntegerField()
    audience = serializers.CharField(source="audience.key")
    name = serializers.CharField()
    destination = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField(), source="options.columns")
    only_changes = serializers.BooleanField()
    recompute = serializers.BooleanField(help_text="Freeze the audience anew each time.")
    schedule = serializers.ChoiceField(DeliveryPlan.Schedule.choices)
    active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class DeliveryShape(serializers.Serializer):
    """One time that a plan was sent."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(source="version.number", help_text="Of the audience.")
    run = serializers.UUIDField(source="run_id")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Customers by outcome.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class DeliveryList(ListAPIView):
    """All delivery plans, newest first."""

    permission_required = "segmentation.view_deliveryplan"
    serializer_class = PlanShape
    ordering = ("-created_at", "id")

    def get_queryset(self) -> QuerySet[DeliveryPlan]:
        return DeliveryPlan.objects.select_related("audience")


class AudienceDeliveries(ListAPIView):
    """The delivery plans of an audience; plan another."""

    permission_required = {"GET": "segmentation.view_deliveryplan", "POST": "segmentation.add_deliveryplan"}
    serializer_class = PlanShape
    ordering = ("-created_at", "id")

    class Input(serializers.Serializer):
        name = serializers.CharField(max_length=100)
        destination = serializers.ChoiceField(sorted(all_destinations()))
        settings = serializers.DictField(
            child=serializers.CharField(max_length=20_000, allow_blank=True),
            default=dict,
            help_text="What the destination asks for: see the README's table of destinations.",
        )
        columns = serializers.ListField(child=serializers.CharField(), default=["external_id"], max_length=200)
        only_changes = serializers.BooleanField(default=False)
        recompute = serializers.BooleanField(default=False)
        schedule = serializers.ChoiceField(DeliveryPlan.Schedule.choices, default=DeliveryPlan.Schedule.MANUAL)
        schedule_day = serializers.IntegerField(min_value=1, max_value=28, default=1)
        cron = serializers.CharField(max_length=100, default="", allow_blank=True)

    def get_queryset(self) -> QuerySet[DeliveryPlan]:
        return DeliveryPlan.objects.select_related("audience").filter(audience=audience_by_key(self.kwargs["key"]))

    @extend_schema(request=Input, responses={HTTP_201_CREATED: PlanShape})
    def post(self, request: Request, key: str) -> Response:
        """Plans a delivery; `POST deliveries/{id}/send` sends it."""
        shape = self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        plan: dict[str, Any] = shape.validated_data
        options = ExportOptions(columns=plan.pop("columns"))
        told, audience = plan.pop("settings"), audience_by_key(key)
        made = planning.create_plan(audience=audience, told=told, options=options, by=request.user, **plan)
        return Response(PlanShape(made).data, status=HTTP_201_CREATED)


class DeliveryTimes(ListAPIView):
    """Each time that a plan was sent, newest first."""

    permission_required = "segmentation.view_deliveryplan"
    serializer_class = DeliveryShape
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Delivery]:
        plan = get_object_or_404(DeliveryPlan, pk=self.kwargs["id"])
        return plan.deliveries.select_related("version")


class DeliverySend(APIView):
    """Sends a plan now; answers with the run that does it."""

    permission_required = {"POST": "segmentation.export_audience"}

    @extend_schema(request=None, responses={HTTP_202_ACCEPTED: RunShape})
    def post(self, request: Request, id: int) -> Response:
        run = planning.request_delivery(plan=get_object_or_404(DeliveryPlan, pk=id), by=request.user)
        enqueue(run)
        return Response(RunShape(run).data, status=HTTP_202_ACCEPTED)


class DeliveryResults(APIView):
    """What became of each customer the last time, page by page; all pages of one walk are of the same time."""

    permission_required = "segmentation.view_deliveryplan"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        outcome = serializers.ChoiceField(list(OUTCOMES), required=False, help_text="Only these customers.")
        cursor = serializers.CharField(required=False, help_text="From `next` of the page before.")
        page_size = serializers.IntegerField(required=False, default=100, min_value=1, max_value=1000)

    class Output(serializers.Serializer):
        class Result(serializers.Serializer):
            id = serializers.IntegerField()
            external_id = serializers.CharField()
            outcome = serializers.ChoiceField(list(OUTCOMES))
            reason = serializers.CharField(help_text="The outcome in words; of who was skipped, why.")

        delivery = serializers.IntegerField(allow_null=True, help_text="Null before the plan was sent.")
        next = serializers.URLField(allow_null=True)
        results = Result(many=True)

    @extend_schema(responses=Output)
    def get(self, request: Request, id: int) -> Response:
        plan = get_object_or_404(DeliveryPlan, pk=id)
        found = results_page(
            plan, outcome=self.query.get("outcome", ""), cursor=self.query.get("cursor", ""),
            size=self.query["page_size"],
        )  # fmt: skip
        url = request.build_absolute_uri()
        following = replace_query_param(url, "cursor", str(found.next)) if found.next else None
        return Response(self.Output({"delivery": found.delivery, "next": following, "results": found.results}).data)
