"""What is backed up comes back as it was; what was tampered with does not."""

import sqlite3
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from customers.ingest.pipeline import ingest
from customers.ingest.records import EventRecord
from segtag_site import backup
from segtag_site.backup import BackupError, Places

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(tmp_path: Path, settings) -> Places:
    settings.LAKE_DIR = tmp_path / "here" / "lake"
    folders = {name: tmp_path / "here" / name for name in backup.FOLDERS}
    for folder in folders.values():
        folder.mkdir(parents=True)
        (folder / "file.bin").write_bytes(folder.name.encode())
    return Places(tmp_path / "here" / "other.sqlite3", folders)


@pytest.fixture
def made(tmp_path: Path, places: Places) -> Path:
    return backup.back_up(tmp_path / "backups", places=places)


def test_the_manifest_counts_and_no_half_backup_is_left(made: Path):
    assert backup.verify(made)["counts"] == {"events": 0, "customers": 0}
    assert [path.name for path in made.parent.iterdir()] == [made.name]


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.django_db(transaction=True)
def test_it_comes_back_in_the_place_of_what_was_there(tmp_path: Path, places: Places, monkeypatch):
    ingest([EventRecord("backed-up", "ann", "Seen", timezone.now(), {})])
    made = backup.back_up(tmp_path / "backups", places=places)
    ingest([EventRecord("later", "ann", "Seen", timezone.now(), {})])
    monkeypatch.setattr(backup.connections, "close_all", lambda: None)
    (places.folders["lake"] / "file.bin").write_bytes(b"spoilt")
    (places.folders["lake"] / "later.bin").write_bytes(b"later")
    places.database.with_name("other.sqlite3-wal").write_bytes(b"of another database")
    backup.restore(made, places=places)
    assert {path.name: path.read_bytes() for path in places.folders["lake"].iterdir() if path.suffix} == {
        "file.bin": b"lake"
    }
    restored = sqlite3.connect(places.database)
    assert restored.execute("SELECT message_id FROM customers_event").fetchall() == [("backed-up",)]
    restored.close()
    assert not list(places.folders["lake"].parent.glob("*.before"))


@pytest.mark.parametrize("harm", ["changed", "missing", "added", "no manifest"])
def test_a_backup_that_was_tampered_with_is_refused(made: Path, harm: str):
    file = made / "lake" / "file.bin"
    if harm == "changed":
        file.write_bytes(b"other")
    elif harm == "missing":
        file.unlink()
    elif harm == "added":
        (made / "lake" / "more.bin").write_bytes(b"")
    else:
        (made / backup.MANIFEST).unlink()
    with pytest.raises(BackupError):
        backup.verify(made)


def test_a_failing_backup_leaves_nothing(tmp_path: Path, places: Places, monkeypatch):
    monkeypatch.setattr(backup.shutil, "copytree", lambda *told: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        backup.back_up(tmp_path / "backups", places=places)
    assert list((tmp_path / "backups").iterdir()) == []


def test_the_command_changes_nothing_without_being_told_twice(made: Path, capsys):
    call_command("restore", str(made))
    assert "Nothing was changed" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("restore", str(made.parent))
    assert connection.vendor in {"sqlite", "postgresql"}
