"""Segments over the API: what they are, how large, and who is in."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import Customer
from segmentation.segments import selectors
from segmentation.segments.models import Segment
from segmentation.sets.api import SetMembersView
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.pages import newest_version


class SegmentShape(serializers.Serializer):
    """A segment."""

    key = serializers.CharField(source="segment.key")
    name = serializers.CharField(source="segment.name")
    description = serializers.CharField(source="segment.description")
    schedule = serializers.ChoiceField(Segment.Schedule.choices, source="segment.schedule")
    size = serializers.IntegerField(allow_null=True, help_text="Null before the first run, as are the next three.")
    entered = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)


class SegmentList(APIView):
    """All segments, by key."""

    permission_required = "segmentation.view_segment"

    @extend_schema(operation_id="segments_list", responses=SegmentShape(many=True))
    def get(self, request: Request) -> Response:
        return Response(SegmentShape(selectors.segment_list(), many=True).data)


class SegmentDetail(APIView):
    """One segment with its rule."""

    permission_required = "segmentation.view_segment"

    class Output(SegmentShape):
        version = serializers.IntegerField(source="segment.live_version.number", allow_null=True)
        rule = serializers.JSONField(source="segment.live_version.rule", allow_null=True)

    @extend_schema(responses=Output)
    def get(self, request: Request, key: str) -> Response:
        segment = Segment.objects.select_related("live_version").get(key=key)
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
