"""Passwords cannot be guessed at leisure, sessions end, and a new password ends the others."""

import time

import pytest
from django.contrib.auth.models import User
from django.test import Client

from customers.models import AccessLog
from customers.privacy import access_log
from segtag_site import guessing
from segtag_site.session_limits import SEEN, SINCE
from tests.segtag_site.shop import user_of

pytestmark = pytest.mark.django_db
RIGHT = "an-unlikely-phrase-42"


@pytest.fixture
def ada() -> User:
    user = user_of("viewer")
    user.set_password(RIGHT)
    user.save()
    return user


def tried(password: str, name: str = "viewer", address: str = "10.0.0.1") -> bool:
    """Whether signing in succeeds."""
    return Client(REMOTE_ADDR=address).post("/login/", {"username": name, "password": password}).status_code == 302


def test_after_five_failures_even_the_right_password_has_to_wait(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(guessing.MOST_OF_BOTH):
        assert not tried(f"guess {number}", name="Viewer" if number % 2 else "viewer")
    assert not tried(RIGHT)
    assert tried(RIGHT, address="10.0.0.2"), "somebody else's guessing locks nobody out elsewhere"

    monkeypatch.setattr(guessing, "WAIT", guessing.WAIT * 0)
    assert tried(RIGHT)


def test_a_success_begins_the_count_anew(ada: User) -> None:
    for _round in range(3):
        assert not any(tried("guess") for _ in range(guessing.MOST_OF_BOTH - 1))
        assert tried(RIGHT)


def test_many_names_from_one_address_and_one_name_from_many_have_to_wait(ada: User, monkeypatch) -> None:
    monkeypatch.setattr(guessing, "MOST_OF_ADDRESS", 4)
    monkeypatch.setattr(guessing, "MOST_OF_NAME", 6)
    assert not any(tried("guess", name=f"user{number}", address="10.0.0.3") for number in range(4))
    assert not tried(RIGHT, address="10.0.0.3")
    assert not any(tried("guess", address=f"10.0.1.{number}") for number in range(6))
    assert not tried(RIGHT, address="10.0.0.4")


def test_sign_ins_and_failures_are_written_down_without_names(ada: User) -> None:
    tried("guess", name="ada@example.com")
    tried(RIGHT)
    found = list(AccessLog.objects.order_by("id").values_list("action", "actor__username"))
    assert found == [("sign_in.failed", None), ("sign_in", "viewer")]
    assert "ada" not in str(list(AccessLog.objects.values("object_key", "detail")))
    assert access_log.verify().sound


@pytest.mark.parametrize(("key", "minutes"), [(SEEN, "SESSION_IDLE"), (SINCE, "SESSION_LONGEST")])
def test_a_session_ends(ada: User, settings, key: str, minutes: str) -> None:
    client = Client()
    client.force_login(ada)
    assert client.get("/").status_code == 200

    session = client.session
    session[key] = int(time.time()) - getattr(settings, minutes) * 60 - 1
    session.save()

    assert client.get("/").url.startswith("/login/")


def test_what_a_page_asks_by_itself_keeps_no_session_alive(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    client.get("/")
    session = client.session
    session[SEEN] = before = int(time.time()) - 120
    session.save()

    client.get("/runs/00000000-0000-0000-0000-000000000000/progress/")
    assert client.session[SEEN] == before
    client.get("/")
    assert client.session[SEEN] > before


def test_a_new_password_ends_all_other_sessions(ada: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/login/", {"username": "viewer", "password": RIGHT})
    new = "another-unlikely-phrase-7"
    weak = here.post("/password/", {"old_password": RIGHT, "new_password1": "short", "new_password2": "short"})
    assert weak.status_code == 200
    here.post("/password/", {"old_password": RIGHT, "new_password1": new, "new_password2": new})

    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert AccessLog.objects.filter(action="password.change").count() == 1
