"""Programs sign in to the API with a key: `Authorization: Bearer segtag_…`."""

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from customers import api_keys
from customers.models import ApiKey
from customers.models.api_key import KeyHolder


class KeyAuthentication(BaseAuthentication):
    """Acts for the key's user, within the key's scopes. A key that is not good is 401, whatever else is sent."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = api_keys.holder_of(secret.strip(), address_of(request))
        if found is None:
            raise AuthenticationFailed(code="bad_key")
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class KeyScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document tells of it."""

    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key, made in the back office."}


def address_of(request: Request | HttpRequest) -> str:
    """Where a request comes from: as the outermost of our own proxies saw it, else its peer."""
    passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    own: int = settings.PROXIES
    return passed[-own] if own and len(passed) >= own else request.META.get("REMOTE_ADDR", "")
