"""Runs over the API: what was computed, how far it is, how it ended."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED
from rest_framework.views import APIView

from segmentation import dependencies
from segmentation.errors import SegmentationError
from segmentation.runs import selectors
from segmentation.runs.advice import advice_for
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.tasks import enqueue


class RunShape(serializers.Serializer):
    """A run."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    subject = serializers.CharField(help_text="Key of the tag, segment or audience; empty for all customers.")
    state = serializers.ChoiceField(Run.State.choices)
    as_of = serializers.DateTimeField()
    attempt = serializers.IntegerField()
    phase = serializers.CharField()
    done = serializers.IntegerField(source="progress_done")
    total = serializers.IntegerField(source="progress_total")
    result = serializers.DictField()
    error_code = serializers.CharField()
    error = serializers.CharField()
    advice = serializers.SerializerMethodField()
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_advice(self, run: Run) -> str:
        return str(advice_for(run.error_code))


class RunList(ListAPIView):
    """All runs, newest first."""

    permission_required = {"GET": "segmentation.view_run", "POST": "segmentation.run_tag"}
    serializer_class = RunShape
    ordering = ("-requested_at", "id")
    query: dict[str, Any]

    class Query(serializers.Serializer):
        kind = serializers.CharField(required=False, help_text="lake.sync, tags.compute, segments.compute and so on.")
        subject = serializers.CharField(required=False, help_text="Part of a key.")
        state = serializers.ChoiceField([*Run.State.values, "active", "unhappy", "jumped"], required=False)

    def get_queryset(self) -> QuerySet[Run]:
        return selectors.run_list(**self.query)

    class Input(serializers.Serializer):
        kind = serializers.ChoiceField(["tags.compute", "segments.compute"])
        subject = serializers.SlugField(max_length=60, help_text="The key of the tag or segment.")

    @extend_schema(request=Input, responses={HTTP_202_ACCEPTED: RunShape})
    def post(self, request: Request) -> Response:
        """Computes a live tag or segment now; a run of it that is under way is answered instead of a second one."""
        shape = self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        kind, subject = shape.validated_data["kind"], shape.validated_data["subject"]
        owner = dependencies.rows().get(({"tags.compute": "tag", "segments.compute": "segment"}[kind], subject))
        if owner is None or owner.live_version is None or owner.status != "live":
            raise SegmentationError(_("There is nothing live with this key."), code="not_live", where="subject")
        run = request_run(kind=kind, subject=subject, by=request.user)
        enqueue(run)
        return Response(RunShape(selectors.run_list().get(pk=run.pk)).data, status=HTTP_202_ACCEPTED)


class RunDetail(APIView):
    """One run."""

    permission_required = "segmentation.view_run"

    @extend_schema(responses=RunShape)
    def get(self, request: Request, id: UUID) -> Response:
        return Response(RunShape(selectors.run_list().get(pk=id)).data)
