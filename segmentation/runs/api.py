"""Runs over the API: what was computed, how far it is, how it ended."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segmentation.runs import selectors
from segmentation.runs.advice import advice_for
from segmentation.runs.models import Run


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

    permission_required = "segmentation.view_run"
    serializer_class = RunShape
    ordering = ("-requested_at", "id")
    query: dict[str, Any]

    class Query(serializers.Serializer):
        kind = serializers.CharField(required=False, help_text="lake.sync, tags.compute, segments.compute and so on.")
        subject = serializers.CharField(required=False, help_text="Part of a key.")
        state = serializers.ChoiceField([*Run.State.values, "active", "unhappy", "jumped"], required=False)

    def get_queryset(self) -> QuerySet[Run]:
        return selectors.run_list(**self.query)


class RunDetail(APIView):
    """One run."""

    permission_required = "segmentation.view_run"

    @extend_schema(responses=RunShape)
    def get(self, request: Request, id: UUID) -> Response:
        return Response(RunShape(selectors.run_list().get(pk=id)).data)
