"""Audiences over the API: plan, preview, freeze, and the customers of each step."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_202_ACCEPTED
from rest_framework.views import APIView

from customers.models import Channel
from segmentation.audiences import selectors, services
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.audiences.waterfall import STEP_NAMES
from segmentation.errors import SegmentationError
from segmentation.runs.api import RunShape
from segmentation.sets.api import SetMembersView
from segmentation.sets.models import SetVersion
from segmentation.tasks import enqueue


class Step(serializers.Serializer):
    """One step of the waterfall: what it removed and what it left."""

    step = serializers.ChoiceField(list(STEP_NAMES))
    removed = serializers.IntegerField()
    left = serializers.IntegerField()
    expected = serializers.FloatField(required=False, help_text="Of the holdout: how many it is on average.")


class Version(serializers.Serializer):
    """The audience as it was frozen once."""

    number = serializers.IntegerField()
    frozen_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField(source="run.as_of")
    run = serializers.UUIDField(source="run_id")
    reached = serializers.IntegerField(source="reached.size")
    held_out = serializers.IntegerField(source="holdout.size")
    approval = serializers.ChoiceField(AudienceVersion.Approval.choices)
    waterfall = Step(many=True)


class AudienceShape(serializers.Serializer):
    """An audience."""

    key = serializers.CharField()
    name = serializers.CharField()
    purpose = serializers.CharField()
    channel = serializers.ChoiceField(Channel.choices)
    include = serializers.JSONField()
    exclude = serializers.JSONField(allow_null=True)
    holdout_percent = serializers.IntegerField()
    size_limit = serializers.IntegerField(allow_null=True)
    size_by = serializers.CharField()
    size_lowest = serializers.BooleanField()
    seed = serializers.IntegerField()
    state = serializers.ChoiceField(Audience.State.choices)
    created_at = serializers.DateTimeField()
    frozen = Version(source="frozen_version", allow_null=True)


class AudienceList(ListAPIView):
    """All audiences, newest first."""

    permission_required = {"GET": "segmentation.view_audience", "POST": "segmentation.add_audience"}
    serializer_class = AudienceShape
    ordering = ("-created_at", "id")

    class Input(serializers.Serializer):
        key = serializers.SlugField(max_length=60, required=False)
        name = serializers.CharField(max_length=100)
        purpose = serializers.CharField(max_length=50, default="marketing")
        channel = serializers.ChoiceField(Channel.choices)
        include = serializers.DictField(help_text="A rule: who.")
        exclude = serializers.DictField(allow_null=True, required=False, help_text="A rule: who not.")
        holdout_percent = serializers.IntegerField(min_value=0, max_value=services.LARGEST_HOLDOUT, default=10)
        size_limit = serializers.IntegerField(min_value=1, allow_null=True, required=False)
        size_by = serializers.CharField(
            allow_blank=True, required=False, help_text="feature.<key> or score.<tag>: the best; empty: at random."
        )
        size_lowest = serializers.BooleanField(required=False)
        seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)

    def get_queryset(self) -> QuerySet[Audience]:
        return selectors.audience_list()

    @extend_schema(request=Input, responses={HTTP_201_CREATED: AudienceShape})
    def post(self, request: Request) -> Response:
        """Plans an audience."""
        shape = self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        audience = services.create_audience(by=request.user, **shape.validated_data)
        return Response(AudienceShape(audience).data, status=HTTP_201_CREATED)


class AudienceDetail(APIView):
    """One audience, with what was frozen last."""

    permission_required = {"GET": "segmentation.view_audience", "PATCH": "segmentation.change_audience"}

    class Input(serializers.Serializer):
        name = serializers.CharField(max_length=100, required=False)
        purpose = serializers.CharField(max_length=50, required=False)
        channel = serializers.ChoiceField(Channel.choices, required=False)
        include = serializers.DictField(required=False)
        exclude = serializers.DictField(allow_null=True, required=False)
        holdout_percent = serializers.IntegerField(min_value=0, max_value=services.LARGEST_HOLDOUT, required=False)
        size_limit = serializers.IntegerField(min_value=1, allow_null=True, required=False)
        size_by = serializers.CharField(
            allow_blank=True, required=False, help_text="feature.<key> or score.<tag>: the best; empty: at random."
        )
        size_lowest = serializers.BooleanField(required=False)
        seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)

    @extend_schema(responses=AudienceShape)
    def get(self, request: Request, key: str) -> Response:
        return Response(AudienceShape(selectors.audience_by_key(key)).data)

    @extend_schema(request=Input, responses=AudienceShape)
    def patch(self, request: Request, key: str) -> Response:
        """Changes a draft."""
        shape = self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        audience = selectors.audience_by_key(key)
        audience = services.update_audience(audience=audience, by=request.user, **shape.validated_data)
        return Response(AudienceShape(audience).data)


class AudienceVersions(ListAPIView):
    """What was frozen of an audience, newest first."""

    permission_required = "segmentation.view_audience"
    serializer_class = Version
    ordering = "-number"

    def get_queryset(self) -> QuerySet:
        return selectors.versions_of(selectors.audience_by_key(self.kwargs["key"]))


class AudienceWaterfall(APIView):
    """Who would be reached if the audience were frozen now."""

    permission_required = "segmentation.view_audience"
    throttle_scope = "preview"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        as_of = serializers.DateTimeField(required=False, help_text="Ask the rules about this moment. Default: now.")

    class Output(serializers.Serializer):
        as_of = serializers.DateTimeField()
        waterfall = Step(many=True)

    @extend_schema(responses=Output)
    def get(self, request: Request, key: str) -> Response:
        as_of = self.query.get("as_of") or timezone.now()
        fall = services.preview_waterfall(selectors.audience_by_key(key), as_of)
        return Response(self.Output({"as_of": as_of, "waterfall": fall.counts()}).data)


class AudienceFreeze(APIView):
    """Asks for the audience to be frozen; answers with the run that will do it."""

    permission_required = {"POST": "segmentation.freeze_audience"}

    @extend_schema(request=None, responses={HTTP_202_ACCEPTED: RunShape})
    def post(self, request: Request, key: str) -> Response:
        run = services.request_freeze(audience=selectors.audience_by_key(key), by=request.user)
        enqueue(run)
        return Response(RunShape(run).data, status=HTTP_202_ACCEPTED)


class AudienceReopen(APIView):
    """Makes a draft of a frozen audience, so that it can be frozen anew. What was frozen stays."""

    permission_required = {"POST": "segmentation.change_audience"}

    @extend_schema(request=None, responses=AudienceShape)
    def post(self, request: Request, key: str) -> Response:
        audience = services.reopen_audience(audience=selectors.audience_by_key(key), by=request.user)
        return Response(AudienceShape(audience).data)


class AudienceMembers(SetMembersView):
    """The customers of one step of a frozen audience; those reached, if no step is named."""

    permission_required = "segmentation.view_audience"

    class Query(SetMembersView.Query):
        step = serializers.ChoiceField(list(STEP_NAMES), default="reached")

    def newest(self) -> SetVersion:
        audience = selectors.audience_by_key(self.kwargs["key"])
        if audience.frozen_version is None:
            raise SegmentationError(_("The audience has not been frozen yet."), code="not_frozen")
        return selectors.step_set(audience.frozen_version, self.query["step"])
