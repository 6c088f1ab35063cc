"""A stolen password opens little: a code is asked for at the one door, and again before a reveal or an export."""

import base64
import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as METHODS
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client, TestCase

from customers.models import AccessLog, Customer
from segtag_site import guessing, second_factor
from tests.segtag_site.shop import open_shop, user_of

pytestmark = pytest.mark.django_db
RIGHT = "an-unlikely-phrase-42"
REASON = {"reason": "she asked by mail"}


@pytest.fixture
def officer() -> User:
    cache.clear()
    return with_password(user_of("privacy-officer"))


def with_password(user: User) -> User:
    user.set_password(RIGHT)
    user.save()
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.post("/login/", {"username": user.username, "password": RIGHT})
    return client


def code_of(secret: str, step: int = 0) -> str:
    """What the telephone shows, `step` half minutes from now."""
    base64.b32decode(secret)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def set_up(client: Client) -> str:
    """The secret of the factor that is set up now."""
    secret: str = client.get("/second-factor/app/").context["form"].secret
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post("/second-factor/app/", {"code": code_of(secret)})
    assert answer.url == "/second-factor/recovery-codes/"
    return secret


def test_a_password_alone_opens_nothing_once_a_factor_is_set_up(officer: User) -> None:
    secret = set_up(signed_in(officer))

    for door in ("/", "/admin/"):
        client = Client()
        assert (
            client.post(f"/login/?next={door}", {"username": officer.username, "password": RIGHT}).url == "/login/code/"
        )
        assert client.get(door).status_code == 302, "signed in without the code"
    client = Client()
    client.post("/login/?next=/admin/", {"username": officer.username, "password": RIGHT})
    assert client.post("/login/code/", {"code": "000000"}).status_code == 200
    assert client.post("/login/code/", {"code": code_of(secret, 1)}).url == "/admin/"
    assert client.get("/").status_code == 200
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert "v1." in kept
    noted = list(AccessLog.objects.order_by("pk").values_list("action", flat=True))
    assert noted == ["sign_in", "second_factor.add", "second_factor.add", "sign_in.failed", "sign_in"]


def test_a_recovery_code_works_once(officer: User) -> None:
    client = signed_in(officer)
    set_up(client)
    code = client.get("/second-factor/recovery-codes/").context["unused_codes"][0]

    first, second = signed_in(officer), signed_in(officer)
    assert first.post("/login/code/", {"code": code}).status_code == 302
    assert second.post("/login/code/", {"code": code}).status_code == 200


def test_wrong_codes_lock_out_like_wrong_passwords(officer: User) -> None:
    secret = set_up(signed_in(officer))
    client = signed_in(officer)
    for number in range(guessing.MOST_OF_BOTH):
        client.post("/login/code/", {"code": f"00000{number}"})

    assert client.post("/login/code/", {"code": code_of(secret, 1)}).status_code == 200
    assert signed_in(officer).get("/").status_code == 302, "the right password does not begin the count anew"


ASKED = {"viewer": False, "operator": False, "marketer": True, "reviewer": True, "privacy-officer": True}


@pytest.mark.parametrize(("role", "asked"), [*ASKED.items(), ("administrator", True)])
def test_who_may_reveal_export_or_approve_has_to_set_one_up(settings, role: str, asked: bool) -> None:
    settings.SECOND_FACTOR = "required"
    cache.clear()
    client = signed_in(with_password(user_of(role)))

    assert (client.get("/").status_code == 302) is asked
    assert (client.get("/api/v1/tags").status_code == 403) is asked
    if asked:
        assert client.get("/").url == "/second-factor/app/"
        assert client.get("/admin/").url == "/second-factor/app/"
        assert client.get("/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/second-factor/app/"
        set_up(client)
        assert client.get("/").status_code == 200
        assert client.post("/second-factor/app/remove/").status_code == 200
        assert second_factor.has_factor(client.get("/").wsgi_request.user), "who must have one cannot take it away"


def test_an_administrator_helps_who_lost_the_telephone(officer: User, settings) -> None:
    settings.SECOND_FACTOR = "optional"
    set_up(signed_in(officer))
    client = Client()
    client.force_login(user_of("administrator"))
    client.post("/admin/auth/user/", {"action": "forget_second_factor", "_selected_action": [officer.pk]})

    assert signed_in(officer).get("/").status_code == 200
    assert AccessLog.objects.filter(action="second_factor.forget", object_key=str(officer.pk)).count() == 1


def signed_in_long_ago(client: Client, settings) -> None:
    session = client.session
    session[METHODS] = [{**one, "at": one["at"] - settings.SIGN_IN_AGAIN * 60 - 1} for one in session[METHODS]]
    session.save()


def test_a_reveal_asks_once_more_after_a_while(officer: User, settings) -> None:
    ann: Customer = open_shop()
    client, reveal = signed_in(officer), f"/customers/{ann.pk}/reveal/"
    assert "Ann Example" in client.post(reveal, REASON).content.decode()

    signed_in_long_ago(client, settings)
    on_page = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/customers/{ann.pk}/"}
    refused = client.post(reveal, REASON, headers=on_page)
    assert "Ann" not in refused.content.decode()
    again = refused.headers["HX-Redirect"]
    assert client.post(again, {"password": "guess"}).status_code == 200
    assert client.post(again, {"password": RIGHT}).url == f"/customers/{ann.pk}/"
    assert "Ann Example" in client.post(reveal, REASON).content.decode()


def test_with_a_second_factor_the_code_is_asked_for_not_the_password(officer: User, settings) -> None:
    ann: Customer = open_shop()
    client = signed_in(officer)
    secret = set_up(client)
    refused = client.post(f"/customers/{ann.pk}/reveal/", REASON)
    assert refused.url.startswith("/login/again/code/")
    assert client.post(refused.url, {"code": code_of(secret, 1)}).status_code == 302
    assert "Ann Example" in client.post(f"/customers/{ann.pk}/reveal/", REASON).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/exports/1/download/",
        "/customers/1/known/",
        "/customers/1/erase/",
        "/delivered/1/download/",
        "/admin/customers/apikey/add/",
    ],
)
def test_so_do_exports_packages_erasures_and_keys(officer: User, settings, path: str) -> None:
    officer.is_superuser = True
    officer.save()
    client = signed_in(officer)
    signed_in_long_ago(client, settings)
    answer = client.post(path) if "customers/1" in path else client.get(path)
    assert answer.status_code == 302
    assert answer.url.startswith("/login/again/")


def test_the_api_asks_persons_and_no_programs(officer: User, settings) -> None:
    ann: Customer = open_shop()
    client = signed_in(officer)
    signed_in_long_ago(client, settings)
    refused = client.get(f"/api/v1/customers/{ann.pk}/known")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "sign_in_again")
    settings.SIGN_IN_AGAIN = 0
    assert client.get(f"/api/v1/customers/{ann.pk}/known").status_code == 200
