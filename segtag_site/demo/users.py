"""The demo's users: one per role, with a random password made once and kept where only its owner can read it."""

import json
import secrets
from pathlib import Path

from django.contrib.auth.models import User

from segtag_site.roles import ROLES, assign_role, ensure_roles

# Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LETTERS = 4, 4


def ensure_users(var: Path) -> dict[str, str]:
    """The password of each role's user, who is called like the role. Safe to repeat: passwords stay."""
    ensure_roles()
    path = var / "secrets" / "demo_users.json"
    passwords = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known = set(User.objects.values_list("username", flat=True))
    for role in ROLES:
        if role.key not in passwords or role.key not in known:
            passwords.setdefault(role.key, _password())
            _save(role.key, passwords[role.key])
    keep_private(path, json.dumps(passwords, indent=2))
    return {role.key: passwords[role.key] for role in ROLES}


def keep_private(path: Path, text: str) -> None:
    """Writes a file that is its owner's alone from its first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _save(username: str, password: str) -> None:
    user, _ = User.objects.get_or_create(username=username, defaults={"first_name": username.capitalize()})
    user.set_password(password)
    user.save()
    assign_role(user=user, key=username)


def _password() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
