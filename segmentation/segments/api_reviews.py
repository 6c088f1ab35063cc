"""Versions of tags and segments over the API: what there is, and their way to life and back, by the pages' services."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segmentation.review import LONGEST_NOTE, State
from segmentation.segments.governance import retire_segment
from segmentation.segments.reviews import DESKS, Owner, definition_of
from segmentation.tags.governance import submit_tag
from segmentation.tags.services import retire_tag

SHOWN = 100


class VersionShape(serializers.Serializer):
    """A definition as it stood."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(State.choices)
    note = serializers.CharField()
    answer = serializers.CharField(help_text="What the reviewer said.")
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)
    created_at = serializers.DateTimeField()
    reviewed_at = serializers.DateTimeField(allow_null=True)
    definition = serializers.SerializerMethodField()

    def get_definition(self, version: Any) -> dict[str, Any]:
        return definition_of(version)


class _OfOne(APIView):
    """Something about one tag or segment."""

    kind = "tag"

    def owner(self, key: str) -> Owner:
        """The row; raises DoesNotExist."""
        return DESKS[self.kind].model.objects.select_related("live_version").get(key=key)

    def versions(self, owner: Owner) -> Response:
        """Its versions, the newest first."""
        rows = owner.versions.select_related("created_by").order_by("-number")[:SHOWN]
        return Response(VersionShape(rows, many=True).data)


class TagVersions(_OfOne):
    """The versions of a tag, newest first."""

    permission_required = "segmentation.view_tag"

    @extend_schema(operation_id="tags_versions_list", responses=VersionShape(many=True))
    def get(self, request: Request, key: str) -> Response:
        return self.versions(self.owner(key))


class TagSubmit(_OfOne):
    """Asks for a review of the newest version."""

    permission_required = {"POST": "segmentation.change_tag"}

    class Input(serializers.Serializer):
        note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE)

    @extend_schema(request=Input, responses=VersionShape(many=True))
    def post(self, request: Request, key: str) -> Response:
        tag, shape = self.owner(key), self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        submit_tag(tag=tag, by=request.user, **shape.validated_data)  # type: ignore[arg-type]
        return self.versions(tag)


class TagApprove(_OfOne):
    """The version under review goes live. Not one's own, where four eyes are wanted: then 403."""

    permission_required = {"POST": "segmentation.publish_tag"}

    class Input(serializers.Serializer):
        answer = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE)

    @extend_schema(request=Input, responses=VersionShape(many=True))
    def post(self, request: Request, key: str) -> Response:
        return self._answered(request, key, DESKS[self.kind].approve)

    def _answered(self, request: Request, key: str, answered: Any) -> Response:
        owner, shape = self.owner(key), self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        answered(**{self.kind: owner}, by=request.user, **shape.validated_data)
        return self.versions(owner)


class TagSendBack(TagApprove):
    """The version under review goes back to its author."""

    class Input(serializers.Serializer):
        answer = serializers.CharField(max_length=LONGEST_NOTE, help_text="What has to change.")

    @extend_schema(request=Input, responses=VersionShape(many=True))
    def post(self, request: Request, key: str) -> Response:
        return self._answered(request, key, DESKS[self.kind].send_back)


class TagRetire(_OfOne):
    """Computed no more. Refused while others refer to it."""

    permission_required = {"POST": "segmentation.publish_tag"}

    @extend_schema(request=None, responses=VersionShape(many=True))
    def post(self, request: Request, key: str) -> Response:
        owner = self.owner(key)
        retire: Any = {"tag": retire_tag, "segment": retire_segment}[self.kind]
        retire(**{self.kind: owner}, by=request.user)
        return self.versions(owner)


class SegmentVersions(TagVersions):
    """The versions of a segment, newest first."""

    kind, permission_required = "segment", "segmentation.view_segment"

    @extend_schema(operation_id="segments_versions_list", responses=VersionShape(many=True))
    def get(self, request: Request, key: str) -> Response:
        return super().get(request, key)


class SegmentApprove(TagApprove):
    """The version under review goes live. Not one's own, where four eyes are wanted: then 403."""

    kind, permission_required = "segment", {"POST": "segmentation.publish_segment"}


class SegmentSendBack(TagSendBack):
    """The version under review goes back to its author."""

    kind, permission_required = "segment", {"POST": "segmentation.publish_segment"}


class SegmentRetire(TagRetire):
    """Computed no more; its last customers stay. Refused while others refer to it."""

    kind, permission_required = "segment", {"POST": "segmentation.publish_segment"}
