"""The demo's users: one per role, their passwords made once and kept to oneself."""

from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from segtag_site.demo.users import ensure_users
from segtag_site.roles import ROLES

pytestmark = pytest.mark.django_db


def test_every_role_has_a_user_who_can_sign_in(tmp_path: Path):
    passwords = ensure_users(tmp_path)

    assert list(passwords) == [role.key for role in ROLES]
    for username, password in passwords.items():
        user = authenticate(username=username, password=password)
        assert user is not None
        assert [group.name for group in user.groups.all()] == [username]


def test_passwords_are_made_once(tmp_path: Path):
    assert ensure_users(tmp_path) == ensure_users(tmp_path)
    assert len(set(ensure_users(tmp_path).values())) == len(ROLES)


def test_only_their_owner_can_read_them(tmp_path: Path):
    ensure_users(tmp_path)

    (kept,) = (tmp_path / "secrets").iterdir()

    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_after_the_database_is_made_anew_the_old_passwords_open_it(tmp_path: Path):
    passwords = ensure_users(tmp_path)
    User.objects.all().delete()

    assert ensure_users(tmp_path) == passwords
    assert authenticate(username="viewer", password=passwords["viewer"])


def test_when_the_file_is_lost_every_user_gets_a_new_password(tmp_path: Path):
    before = ensure_users(tmp_path)
    (tmp_path / "secrets" / "demo_users.json").unlink()

    after = ensure_users(tmp_path)

    assert not set(before.values()) & set(after.values())
    assert authenticate(username="viewer", password=after["viewer"])
