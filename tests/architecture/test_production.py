"""Production settings: complete, safe, and refusing to start when they are not."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def manage(*words: str, **changes: str) -> subprocess.CompletedProcess:
    """manage.py with the environment of a production machine, apart from `changes`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SEGTAG_", "DATABASE", "DJANGO"))}
    environment = kept | {
        "SEGTAG_HOSTS": "segtag.example",
        "SEGTAG_SECRET_KEY": secrets.token_urlsafe(64),
        "SEGTAG_IDENTIFIER_KEY": secrets.token_urlsafe(64),
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment | changes, capture_output=True, text=True
    )


def test_production_settings_pass_the_deployment_check_without_a_warning():
    done = manage("check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"SEGTAG_SECRET_KEY": "short"}, "SEGTAG_SECRET_KEY"),
        ({"SEGTAG_IDENTIFIER_KEY": ""}, "SEGTAG_IDENTIFIER_KEY"),
        ({"SEGTAG_DURABILITY": "maybe"}, "SEGTAG_DURABILITY"),
        ({"SEGTAG_DEMO": "1"}, "loopback"),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(changes: dict[str, str], told: str):
    done = manage("check", **changes)

    assert done.returncode != 0
    assert told in done.stderr


def test_the_demo_refuses_to_run_on_a_production_installation():
    done = manage("demo")

    assert done.returncode != 0
    assert "SEGTAG_DEMO=1" in done.stderr


def test_the_demo_refuses_to_listen_to_others(tmp_path: Path):
    done = manage("demo", "--host", "0.0.0.0", SEGTAG_DEMO="1", SEGTAG_VAR=str(tmp_path), SEGTAG_HOSTS="localhost")

    assert done.returncode != 0
    assert "this machine only" in done.stderr
    assert not (tmp_path / "segtag.sqlite3").exists()
