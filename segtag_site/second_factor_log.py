"""What becomes of second factors is written to the access log: allauth tells of it by signals."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

from customers.privacy import access_log


def listen() -> None:
    """Called once, when the site starts."""
    for signal, action in (
        (signals.authenticator_added, "second_factor.add"),
        (signals.authenticator_removed, "second_factor.remove"),
        (signals.authenticator_reset, "second_factor.new_codes"),
    ):
        signal.connect(_noting(action), weak=False, dispatch_uid=action)


def _noting(action: str) -> Any:
    def note(*, user: User, authenticator: Authenticator, **_more: Any) -> None:
        detail = {"type": str(authenticator.type)}
        access_log.record(actor=user, action=action, object_kind="user", object_key=str(user.pk), detail=detail)

    return note
