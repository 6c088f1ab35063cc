"""Exports over the API."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED
from rest_framework.views import APIView

from customers.privacy.recent import require_recent
from segmentation.activation import selectors
from segmentation.activation.models import Export
from segmentation.activation.services import ExportOptions, request_export
from segmentation.audiences.selectors import audience_by_key
from segmentation.errors import SegmentationError
from segmentation.runs.api import RunShape
from segmentation.tasks import enqueue


class ExportList(ListAPIView):
    """What was exported of an audience, newest first."""

    permission_required = {"GET": "segmentation.view_export", "POST": "segmentation.export_audience"}
    ordering = ("-created_at", "id")

    class Output(serializers.Serializer):
        id = serializers.IntegerField()
        version = serializers.IntegerField(source="version.number")
        destination = serializers.CharField()
        columns = serializers.ListField(child=serializers.CharField(), source="options.columns")
        rows = serializers.IntegerField()
        sha256 = serializers.CharField()
        run = serializers.UUIDField(source="run_id")
        created_at = serializers.DateTimeField()

    class Input(serializers.Serializer):
        destination = serializers.CharField(default="file")
        columns = serializers.ListField(child=serializers.CharField(), default=["external_id"], max_length=200)
        language = serializers.CharField(default="", allow_blank=True)
        bom = serializers.BooleanField(default=False)

    serializer_class = Output

    def get_queryset(self) -> QuerySet[Export]:
        return selectors.export_list(audience_by_key(self.kwargs["key"]))

    @extend_schema(request=Input, responses={HTTP_202_ACCEPTED: RunShape})
    def post(self, request: Request, key: str) -> Response:
        """Asks for an export of what was frozen last; answers with the run that will make it."""
        require_recent(request)
        shape = self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        destination = shape.validated_data.pop("destination")
        version = audience_by_key(key).frozen_version
        if version is None:
            raise SegmentationError(_("The audience has not been frozen yet."), code="not_frozen")
        options = ExportOptions(**shape.validated_data)
        run = request_export(version=version, options=options, destination=destination, by=request.user)
        enqueue(run)
        return Response(RunShape(run).data, status=HTTP_202_ACCEPTED)


class ExportColumns(APIView):
    """The columns that may be exported by who asks."""

    permission_required = "segmentation.export_audience"

    class Output(serializers.Serializer):
        key = serializers.CharField()
        label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's label
        reveals = serializers.BooleanField(help_text="Shows personal data in full.")

    @extend_schema(responses=Output(many=True))
    def get(self, request: Request) -> Response:
        return Response(self.Output(selectors.export_columns(request.user), many=True).data)
