"""Reads the environment loudly: a setting that is missing or too weak stops the start."""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
SHORTEST_SECRET = 50


def secret(name: str, *, kept_in: Path | None) -> str:
    """The secret called `name`; in demo and tests (`kept_in` given) one made once and kept in that folder."""
    value = env.str(name, default="")
    if not value and kept_in is not None:
        path = kept_in / f"{name.lower()}.txt"
        if not path.exists():
            kept_in.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(64), encoding="utf-8")
        value = path.read_text(encoding="utf-8").strip()
    if len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"Set {name} to {SHORTEST_SECRET} or more random characters; `make secret` prints one."
        )
    return value
