"""Results over the API."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from segmentation.audiences.models import Audience
from segmentation.measurement import selectors, services
from segmentation.measurement.catalog import DECISIVE, all_metrics
from segmentation.measurement.models import LONGEST


class LookShape(serializers.Serializer):
    """What is known after so many whole days."""

    day = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    run = serializers.UUIDField(source="run_id")
    result = serializers.JSONField(
        help_text="ratio: the check of the groups' sizes; metrics: by metric the lift with its interval, which holds "
        "over all daily looks; parts and uplift: on the last day."
    )


class Results(serializers.Serializer):
    """How a campaign is measured, and what is known so far. All but the looks is null while nobody asked."""

    version = serializers.IntegerField(source="version.number", allow_null=True, default=None)
    start = serializers.DateTimeField(allow_null=True, default=None)
    days = serializers.IntegerField(allow_null=True, default=None)
    metric = serializers.CharField(allow_null=True, default=None)
    looks = LookShape(many=True, source="looks.all")


UNASKED: dict[str, Any] = {"version": None, "start": None, "days": None, "metric": None, "looks": []}


class AudienceResults(APIView):
    """What the newest frozen version of an audience brought; measure it (POST)."""

    permission_required = {"GET": "segmentation.view_measurement", "POST": "segmentation.add_measurement"}

    class Input(serializers.Serializer):
        start = serializers.DateTimeField()
        days = serializers.IntegerField(min_value=1, max_value=LONGEST, default=14)
        metric = serializers.ChoiceField(sorted(all_metrics()), default=DECISIVE)

    @extend_schema(responses=Results)
    def get(self, request: Request, key: str) -> Response:
        if not Audience.objects.filter(key=key).exists():
            raise Http404
        found = selectors.measurements().filter(version__audience__key=key).order_by("-version__number").first()
        return Response(Results(found).data if found else UNASKED)

    @extend_schema(request=Input, responses={HTTP_201_CREATED: Results})
    def post(self, request: Request, key: str) -> Response:
        asked = self.Input(data=request.data)
        asked.is_valid(raise_exception=True)
        audience = Audience.objects.select_related("frozen_version__audience").filter(key=key).first()
        if audience is None or audience.frozen_version is None:
            raise Http404
        plan: dict[str, Any] = asked.validated_data
        made = services.measure(version=audience.frozen_version, by=request.user, **plan)
        return Response(Results(made).data, status=HTTP_201_CREATED)
