"""The OpenAPI document: what views declare, told once, the one error shape and the permissions included."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

ERRORS = {
    "400": "A parameter or the body is wrong; `attr` names the place.",
    "401": "Not signed in, or the key is not good.",
    "403": "Without the permission, or outside the key's scopes.",
    "404": "There is no such thing.",
    "409": "Not now: something has to happen first, as `detail` says.",
    "429": "Too many requests; `Retry-After` says how many seconds to wait.",
    "503": "The engine cannot answer just now.",
}


class ErrorAnswer(serializers.Serializer):
    """Every answer but 2xx."""

    class Error(serializers.Serializer):
        code = serializers.CharField(help_text="For machines; stable.")
        detail = serializers.CharField(help_text="For people, in the language of the request.")
        attr = serializers.CharField(allow_null=True, help_text="The parameter, the field, or the path in a rule.")

    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = Error(many=True)  # type: ignore[assignment]  # a field, not the serializer's errors


class Schema(AutoSchema):
    """Reads a view's `Query` and `permission_required`; a nested serializer is named after its view."""

    def get_override_parameters(self) -> list[Any]:
        query = getattr(self.view, "Query", None)
        return [query] if query else []

    def get_serializer_name(self, serializer: serializers.Serializer, direction: str) -> str:
        return type(serializer).__qualname__.replace(".", "")

    def get_summary(self) -> str:
        return super().get_description().partition(".")[0]

    def get_description(self) -> str:  # type: ignore[override]  # as in the class above
        needed = getattr(self.view, "permission_required", None)
        if isinstance(needed, dict):
            needed = needed.get(self.method)
        told = super().get_description()
        return f"{told}\n\nNeeds the permission `{needed}`." if needed else told

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        about_one = "{" in self.path
        for status, text in ERRORS.items():
            if status not in bodies and (about_one or status != "404"):
                bodies[status] = {**self._get_response_for_code(ErrorAnswer, status), "description": str(text)}
        return dict(sorted(bodies.items()))
