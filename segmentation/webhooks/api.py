"""Webhooks over the API: make one, switch it, see what was sent, send it again."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from segmentation.tasks import ring_webhooks
from segmentation.webhooks import selectors, services
from segmentation.webhooks.models import Kind, WebhookEndpoint, WebhookMessage

KINDS = [choice for choice in Kind.choices if choice[0] != Kind.TEST]


class WebhookShape(serializers.Serializer):
    """A webhook; its secret is told once, when it is made."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    subjects = serializers.ListField(child=serializers.CharField())
    enabled = serializers.BooleanField()
    switched_off = serializers.CharField(help_text="Why it was switched off by itself; empty if it was not.")
    created_at = serializers.DateTimeField()


class WebhookInput(serializers.Serializer):
    """Whom to tell, and of what."""

    name = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=500)
    kinds = serializers.ListField(child=serializers.ChoiceField(KINDS), allow_empty=False)
    subjects = serializers.ListField(
        child=serializers.CharField(max_length=180), required=False, help_text="segment/vip, tag/level; none: all."
    )


class WebhookList(ListAPIView):
    """All webhooks."""

    permission_required = {"GET": "segmentation.view_webhookendpoint", "POST": "segmentation.add_webhookendpoint"}
    serializer_class = WebhookShape
    queryset = WebhookEndpoint.objects.all()
    ordering = ("created_at", "id")
    Input = WebhookInput

    class Made(WebhookShape):
        secret = serializers.CharField(help_text="Keep it: it is told now and never again.")

    @extend_schema(operation_id="webhooks_create", request=WebhookInput, responses={HTTP_201_CREATED: Made})
    def post(self, request: Request) -> Response:
        """Makes a webhook."""
        shape = WebhookInput(data=request.data)
        shape.is_valid(raise_exception=True)
        endpoint, secret = services.create_endpoint(by=request.user, **shape.validated_data)
        return Response({**WebhookShape(endpoint).data, "secret": secret}, status=HTTP_201_CREATED)


class WebhookDetail(APIView):
    """One webhook."""

    permission_required = {
        "GET": "segmentation.view_webhookendpoint",
        "PATCH": "segmentation.change_webhookendpoint",
        "DELETE": "segmentation.delete_webhookendpoint",
    }
    Input = WebhookInput

    @extend_schema(responses=WebhookShape)
    def get(self, request: Request, id: UUID) -> Response:
        return Response(WebhookShape(WebhookEndpoint.objects.get(pk=id)).data)

    @extend_schema(request=WebhookInput, responses=WebhookShape)
    def patch(self, request: Request, id: UUID) -> Response:
        """Changes what is named."""
        endpoint = WebhookEndpoint.objects.get(pk=id)
        shape = WebhookInput(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        services.update_endpoint(endpoint=endpoint, by=request.user, **shape.validated_data)
        return Response(WebhookShape(endpoint).data)

    @extend_schema(responses={HTTP_204_NO_CONTENT: None})
    def delete(self, request: Request, id: UUID) -> Response:
        """Deletes it with its messages."""
        services.delete_endpoint(endpoint=WebhookEndpoint.objects.get(pk=id), by=request.user)
        return Response(status=HTTP_204_NO_CONTENT)


class WebhookSwitch(APIView):
    """Whether it is told of anything."""

    permission_required = "segmentation.change_webhookendpoint"

    class Input(serializers.Serializer):
        enabled = serializers.BooleanField()

    @extend_schema(operation_id="webhooks_switch", request=Input, responses=WebhookShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Switches it on or off; what waits is sent when it is switched on."""
        endpoint = WebhookEndpoint.objects.get(pk=id)
        shape = self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        services.switch(endpoint=endpoint, on=shape.validated_data["enabled"], by=request.user)
        if endpoint.enabled:
            ring_webhooks()
        return Response(WebhookShape(endpoint).data)


class WebhookMessages(ListAPIView):
    """What was or will be sent to it, newest first."""

    permission_required = "segmentation.view_webhookendpoint"
    ordering = "-id"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        state = serializers.ChoiceField(WebhookMessage.State.choices, required=False)

    class Output(serializers.Serializer):
        webhook_id = serializers.CharField(help_text="As in the message's header.")
        kind = serializers.CharField()
        subject = serializers.CharField()
        state = serializers.ChoiceField(WebhookMessage.State.choices)
        attempt = serializers.IntegerField()
        status = serializers.IntegerField(help_text="What the receiver answered last; 0: nothing.")
        error = serializers.CharField()
        milliseconds = serializers.IntegerField()
        due_at = serializers.DateTimeField()
        created_at = serializers.DateTimeField()
        ended_at = serializers.DateTimeField(allow_null=True)

    serializer_class = Output

    def get_queryset(self) -> QuerySet[WebhookMessage]:
        endpoint = WebhookEndpoint.objects.get(pk=self.kwargs["id"])
        return selectors.messages_of(endpoint, self.query.get("state", ""))


class WebhookReplay(APIView):
    """Messages are sent again."""

    permission_required = "segmentation.change_webhookendpoint"

    class Input(serializers.Serializer):
        webhook_id = serializers.RegexField(
            r"^msg_[0-9a-f]{32}$", required=False, help_text="One message; without it, all that were given up."
        )

    class Output(serializers.Serializer):
        messages = serializers.IntegerField(help_text="How many are sent again.")

    @extend_schema(operation_id="webhooks_replay", request=Input, responses=Output)
    def post(self, request: Request, id: UUID) -> Response:
        """Sends one message again, or all that were given up, with their ids as before."""
        endpoint = WebhookEndpoint.objects.get(pk=id)
        shape = self.Input(data=request.data)
        shape.is_valid(raise_exception=True)
        chosen = WebhookMessage.objects.filter(endpoint=endpoint)
        if named := shape.validated_data.get("webhook_id"):
            found = [chosen.get(public_id=UUID(named.removeprefix("msg_")))]
        else:
            found = list(chosen.filter(state=WebhookMessage.State.GIVEN_UP))
        for message in found:
            services.send_again(message=message, by=request.user)
        ring_webhooks()
        return Response({"messages": len(found)})
