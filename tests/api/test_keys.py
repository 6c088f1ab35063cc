"""Programs use the API with a key: within its scopes, until its end, from its networks."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from customers.api_keys import create_key, revoke_key
from customers.models import AccessLog, ApiKey
from segtag_site.roles import assign_role

VIEW = "customers.view_customer"


@pytest.fixture
def program(shop) -> User:
    user = User.objects.create_user("till")
    assign_role(user=user, key="viewer")
    return user


def made(program: User, **more: object) -> tuple[ApiKey, APIClient]:
    key, secret = create_key(**{"name": "till", "user": program, "scopes": [VIEW], "by": None} | more)
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return key, client


def asked(client: APIClient, path: str = "/api/v1/customers", **extra: str) -> int:
    return client.get(path, **extra).status_code


def test_a_key_opens_what_its_scopes_and_its_user_may(program) -> None:
    _key, client = made(program, scopes=[VIEW, "segmentation.delete_segment"])

    assert asked(client) == 200
    assert asked(client, "/api/v1/segments") == 403
    assert client.delete("/api/v1/segments/shanghai").status_code in {403, 405}
    assert not User.objects.get(pk=program.pk).has_perm("segmentation.delete_segment")


def test_a_wrong_revoked_or_ended_key_is_401(program) -> None:
    revoked, client = made(program)
    revoke_key(key=revoked, by=None)
    _ended, late = made(program, expires_at=timezone.now() - timedelta(seconds=1))
    nobody = APIClient()
    nobody.credentials(HTTP_AUTHORIZATION="Bearer segtag_wrong")

    assert [asked(client), asked(late), asked(nobody)] == [401, 401, 401]
    assert nobody.get("/api/v1/customers").json()["errors"][0]["code"] == "bad_key"


def test_a_key_is_good_in_its_networks_only(program, settings) -> None:
    _key, client = made(program, networks=["203.0.113.0/24", "2001:db8::/32"])

    assert asked(client, REMOTE_ADDR="203.0.113.9") == 200
    assert asked(client, REMOTE_ADDR="2001:db8::1") == 200
    assert asked(client, REMOTE_ADDR="198.51.100.1") == 401
    assert asked(client, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9") == 401
    settings.PROXIES = 1
    assert asked(client, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.9") == 200
    assert asked(client, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.1") == 401
    with pytest.raises(ValidationError):
        made(program, networks=["here"])


def test_a_key_of_a_user_who_left_is_worth_nothing(program) -> None:
    _key, client = made(program)
    User.objects.filter(pk=program.pk).update(is_active=False)

    assert asked(client) == 401


def test_a_key_is_kept_as_a_hash_and_its_making_is_logged(program) -> None:
    key, client = made(program)
    asked(client)

    key.refresh_from_db()
    secret = client._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    assert secret not in str(ApiKey.objects.values().get(pk=key.pk))
    assert key.last_used_at is not None
    assert AccessLog.objects.filter(action="create_key", object_kind="api_key", object_key=str(key.pk)).exists()


def test_the_back_office_shows_a_new_key_once(program, admin_client, settings) -> None:
    settings.SIGN_IN_AGAIN = 0  # this client never typed a password
    form = {"name": "till", "user": program.pk, "scopes": [VIEW], "networks": "203.0.113.7\n"}

    answer = admin_client.post(reverse("admin:customers_apikey_add"), form, follow=True)

    assert "segtag_" in answer.content.decode()
    assert ApiKey.objects.get().networks == ["203.0.113.7/32"]
    assert "segtag_" not in admin_client.get(reverse("admin:customers_apikey_changelist")).content.decode().replace(
        ApiKey.objects.get().key_start, ""
    )


def test_machines_ask_for_health_and_figures(program, client) -> None:
    anybody = APIClient()
    _key, program_client = made(program, scopes=["segmentation.view_run"])
    _other, without = made(program)

    assert anybody.get("/livez").content == b"ok"
    assert anybody.get("/readyz").json() == {"database": True, "broker": True}
    assert anybody.get("/metrics").status_code == 401
    assert without.get("/metrics").status_code == 401
    assert "segtag_quarantine_waiting 0" in program_client.get("/metrics").content.decode()


def test_a_broker_that_is_down_does_not_take_the_site_off(shop, broker) -> None:
    broker.stop()

    answer = APIClient().get("/readyz")

    assert (answer.status_code, answer.json()["broker"]) == (200, False)
