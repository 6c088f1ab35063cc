"""Segments over the API: what they are, how large, and who is in."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from customers.models import Customer
from customers.spelling import free_key
from segmentation.segments import selectors, services
from segmentation.segments.models import Segment
from segmentation.segments.origins import WORDS
from segmentation.sets.api import SetMembersView
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.pages import newest_version


class SegmentShape(serializers.Serializer):
    """A segment."""

    key = serializers.CharField(source="segment.key")
    name = serializers.CharField(source="segment.name")
    description = serializers.CharField(source="segment.description")
    origin = serializers.ChoiceField(list(WORDS), source="segment.origin", help_text="How it is made.")
    status = serializers.ChoiceField(Segment.Status.choices, source="segment.status")
    schedule = serializers.ChoiceField(Segment.Schedule.choices, source="segment.schedule")
    size = serializers.IntegerField(allow_null=True, help_text="Null before the first run, as are the next three.")
    entered = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)


def _checked(shape: serializers.Serializer) -> dict[str, Any]:
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)


class SegmentInput(serializers.Serializer):
    """A segment's names, schedule and rule."""

    name_zh = serializers.CharField(max_length=100)
    name_en = serializers.CharField(max_length=100)
    description_zh = serializers.CharField(required=False, allow_blank=True)
    description_en = serializers.CharField(required=False, allow_blank=True)
    schedule = serializers.ChoiceField(Segment.Schedule.choices, required=False)


class SegmentList(APIView):
    """All segments, by key."""

    permission_required = {"GET": "segmentation.view_segment", "POST": "segmentation.add_segment"}

    class Input(SegmentInput):
        key = serializers.SlugField(max_length=60, required=False, help_text="Made of the name when it is missing.")
        rule = serializers.DictField()

    @extend_schema(operation_id="segments_list", responses=SegmentShape(many=True))
    def get(self, request: Request) -> Response:
        return Response(SegmentShape(selectors.segment_list(), many=True).data)

    @extend_schema(request=Input, responses={HTTP_201_CREATED: SegmentShape})
    def post(self, request: Request) -> Response:
        """A segment; live at once, or under review where segments are reviewed."""
        given = _checked(self.Input(data=request.data))
        key = given.pop("key", "") or free_key(Segment, given["name_en"], given["name_zh"], otherwise="segment")
        segment = services.create_segment(key=key, by=request.user, **given)
        return Response(SegmentShape(selectors.segment_row(segment)).data, status=HTTP_201_CREATED)


class SegmentDetail(APIView):
    """One segment with its rule."""

    permission_required = {"GET": "segmentation.view_segment", "PATCH": "segmentation.change_segment"}

    class Input(SegmentInput):
        rule = serializers.DictField(required=False, help_text="Makes the next version.")
        note = serializers.CharField(required=False, allow_blank=True, max_length=1000)

    class Output(SegmentShape):
        version = serializers.IntegerField(source="segment.live_version.number", allow_null=True)
        rule = serializers.JSONField(source="segment.live_version.rule", allow_null=True)

    @extend_schema(responses=Output)
    def get(self, request: Request, key: str) -> Response:
        segment = Segment.objects.select_related("live_version").get(key=key)
        return Response(self.Output(selectors.segment_row(segment)).data)

    @extend_schema(request=Input, responses=Output)
    def patch(self, request: Request, key: str) -> Response:
        """Another name or schedule at once; another rule as the next version, live at once or reviewed first."""
        segment = Segment.objects.select_related("live_version").get(key=key)
        given = _checked(self.Input(data=request.data, partial=True))
        rule, note = given.pop("rule", None), given.pop("note", "")
        with transaction.atomic():
            if given:
                services.update_segment(segment=segment, by=request.user, **given)
            if rule is not None:
                services.new_version(segment=segment, rule=rule, by=request.user, note=note)
        return Response(self.Output(selectors.segment_row(segment)).data)


class SegmentMembers(SetMembersView):
    """The customers of a segment."""

    permission_required = "segmentation.view_segment"

    def newest(self) -> SetVersion:
        return newest_version(NamedSet.Kind.SEGMENT, self.kwargs["key"])


class CustomerSegments(APIView):
    """The segments that a customer is in. Of a customer who was merged into another, that one's."""

    permission_required = "segmentation.view_segment"

    class Output(serializers.Serializer):
        key = serializers.CharField(source="segment.key")
        name = serializers.CharField(source="segment.name")
        as_of = serializers.DateTimeField()

    @extend_schema(operation_id="customers_segments_list", responses=Output(many=True))
    def get(self, request: Request, id: int) -> Response:
        customer = Customer.objects.get(pk=id)
        return Response(self.Output(selectors.segments_of(customer.merged_into_id or customer.pk), many=True).data)
