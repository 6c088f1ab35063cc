"""API keys: made once, shown once, checked on every request."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import ApiKey
from customers.models.api_key import KeyHolder
from customers.privacy import access_log
from customers.tracking.sources import hash_of, new_key

PREFIX = "segtag_"
# How exactly it is noted when a key was last used: not a write per request.
NOTED_EVERY = timedelta(minutes=1)


def create_key(
    *,
    name: str,
    user: User,
    scopes: Iterable[str],
    networks: Iterable[str] = (),
    expires_at: datetime | None = None,
    by: AbstractBaseUser | None,
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is told now and never again."""
    secret = PREFIX + new_key()
    key = ApiKey(name=name, user=user, key_hash=hash_of(secret), key_start=secret[:12], scopes=sorted(set(scopes)))
    key.networks, key.expires_at = networks_of(networks), expires_at
    key.full_clean()
    with transaction.atomic():
        key.save()
        detail = {"scopes": key.scopes, "networks": key.networks}
        access_log.record(actor=by, action="create_key", object_kind="api_key", object_key=str(key.pk), detail=detail)
    return key, secret


def revoke_key(*, key: ApiKey, by: AbstractBaseUser | None) -> None:
    """The key is worth nothing from now on."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            access_log.record(actor=by, action="revoke_key", object_kind="api_key", object_key=str(key.pk))


def holder_of(secret: str, address: str) -> tuple[KeyHolder, ApiKey] | None:
    """For whom this key acts, if it may be used now and from this address."""
    key = ApiKey.objects.filter(key_hash=hash_of(secret)).first()
    if key is None or not key.usable or not _is_within(address, key.networks):
        return None
    holder = KeyHolder.objects.filter(pk=key.user_id, is_active=True).first()
    if holder is None:
        return None
    holder.scopes = frozenset(key.scopes)
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return holder, key


def _is_within(address: str, networks: list[str]) -> bool:
    if not networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)


def networks_of(networks: Iterable[str]) -> list[str]:
    """Networks in their plain form; raises ValidationError for what is none."""
    try:
        return [str(ip_network(network.strip(), strict=False)) for network in networks if network.strip()]
    except ValueError as error:
        told = _("Not a network: %(problem)s. Write 203.0.113.0/24 or one address.") % {"problem": error}
        raise ValidationError(told) from None
