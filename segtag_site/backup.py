"""One folder that holds all of an installation but its secrets, and the way back from it.

The lake is held still meanwhile, so that database and lake tell the same story; events that come in are taken in as
ever. Each file's hash is in the manifest, and nothing is restored from a folder that differs from it.
"""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from customers.models import Customer, Event
from segmentation.lake.lock import writing

MANIFEST = "manifest.json"
SQLITE, POSTGRES = "database.sqlite3", "database.dump"
FOLDERS = ("lake", "uploads", "exports")


class BackupError(Exception):
    """It cannot be done; the message says why, and what to do."""


@dataclass(frozen=True)
class Places:
    """Where the parts of an installation lie. `database` is the file of SQLite."""

    database: Path | None
    folders: Mapping[str, Path]

    @classmethod
    def of_settings(cls) -> "Places":
        name = Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None
        lake, uploads, exports = settings.LAKE_DIR, settings.MEDIA_ROOT, settings.EXPORT_DIR
        return cls(name, {"lake": Path(lake), "uploads": Path(uploads), "exports": Path(exports)})


def back_up(into: Path, *, places: Places | None = None) -> Path:
    """A new folder in `into`, whole or not there at all. Safe while the site is in use."""
    places = places or Places.of_settings()
    name = f"segtag-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    partial, done = into / f".{name}.partial", into / name
    partial.mkdir(parents=True, mode=0o700)
    try:
        with writing():
            counts = {"events": Event.objects.count(), "customers": Customer.objects.count()}
            _dump(partial)
            for part, folder in places.folders.items():
                if folder.is_dir():
                    shutil.copytree(folder, partial / part)
        _write_manifest(partial, counts)
        partial.rename(done)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return done


def verify(folder: Path) -> dict[str, Any]:
    """The manifest, if every file is as it says and there is no other. Raises BackupError."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} is no backup: {error}") from None
    if (found := _hashes(folder)) != manifest["files"]:
        differing = sorted(
            name for name in {*found, *manifest["files"]} if found.get(name) != manifest["files"].get(name)
        )
        raise BackupError(f"{len(differing)} files differ from the manifest, first {differing[0]}.")
    return manifest


def restore(folder: Path, *, places: Places | None = None) -> dict[str, Any]:
    """Put everything back in the place of what is there; nothing may be running. Says what the manifest says."""
    places = places or Places.of_settings()
    manifest = verify(folder)
    if manifest["database"] != connection.vendor:
        raise BackupError(f"This is a backup of {manifest['database']}; the database here is {connection.vendor}.")
    connections.close_all()
    if places.database:
        _put_sqlite(folder / SQLITE, places.database)
    else:
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
             *_login(), str(folder / POSTGRES))  # fmt: skip
    for part, target in places.folders.items():
        _put_folder(folder / part, target)
    return manifest


def _dump(folder: Path) -> None:
    if connection.vendor == "sqlite":
        # A connection of its own: one that is writing would wait for itself for ever.
        source, target = sqlite3.connect(connection.settings_dict["NAME"]), sqlite3.connect(folder / SQLITE)
        source.backup(target)
        target.close()
        source.close()
    else:
        _run("pg_dump", "--format=custom", f"--file={folder / POSTGRES}", *_login())


def _put_sqlite(source: Path, target: Path) -> None:
    checked = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    [(answer,)] = checked.execute("PRAGMA integrity_check").fetchall()
    checked.close()
    if answer != "ok":
        raise BackupError(f"The database in the backup is broken: {answer}")
    fresh = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(source, fresh)
    for name in ("-wal", "-shm"):
        target.with_name(target.name + name).unlink(missing_ok=True)
    fresh.replace(target)


def _put_folder(source: Path, target: Path) -> None:
    fresh, old = target.with_name(f"{target.name}.restoring"), target.with_name(f"{target.name}.before")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, fresh)
    else:
        fresh.mkdir(parents=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _write_manifest(folder: Path, counts: dict[str, int]) -> None:
    applied = MigrationRecorder(connection).applied_migrations()
    told = {
        "made": datetime.now(UTC).isoformat(),
        "database": connection.vendor,
        "counts": counts,
        "migrations": sorted(f"{app}.{name}" for app, name in applied),
        "files": _hashes(folder),
    }
    (folder / MANIFEST).write_text(json.dumps(told, indent=1), encoding="utf-8")


def _hashes(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / MANIFEST:
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = file_digest(file, "sha256").hexdigest()
    return found


def _login() -> list[str]:
    """The database as libpq's tools take it; the password goes by the environment."""
    told = connection.settings_dict
    named = {"--host": told["HOST"], "--port": told["PORT"], "--username": told["USER"], "--dbname": told["NAME"]}
    return [f"{option}={value}" for option, value in named.items() if value]


def _run(*words: str) -> None:
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PGPASSWORD": str(connection.settings_dict["PASSWORD"] or ""),
    }
    try:
        subprocess.run(words, check=True, env=environment, capture_output=True, text=True)  # noqa: S603 (our own words)
    except FileNotFoundError:
        raise BackupError(f"{words[0]} is missing: install PostgreSQL's client programs.") from None
    except subprocess.CalledProcessError as error:
        raise BackupError(f"{words[0]} failed: {error.stderr.strip()[-500:]}") from None
