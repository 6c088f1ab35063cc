"""What is backed up comes back as it was; what was tampered with does not."""

import sqlite3
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord, EventRecord
from customers.models import AccessLog, Customer, Event
from customers.privacy import access_log, personal
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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_a_dump_with_data_comes_back_with_its_guards(tmp_path: Path, places: Places, admin_user):
    places = Places(None, places.folders)
    ingest(
        [
            CustomerRecord("ann", timezone.now(), name="Ann 张", email="ann@example.com", traits={"city": "上海"}),
            EventRecord("backed-up", "ann", "Seen", timezone.now(), {"n": 1, "text": "名'\"\\"}),
        ]
    )
    access_log.record(actor=admin_user, action="look", object_kind="customer", object_key="1")
    made = backup.back_up(tmp_path / "backups", places=places)
    assert backup.verify(made)["counts"] == {"events": 1, "customers": 1}
    ingest([EventRecord("later", "bo", "Seen", timezone.now(), {})])
    Event.objects.filter(message_id="backed-up").update(properties={})
    (places.folders["lake"] / "file.bin").write_bytes(b"spoilt")

    backup.restore(made, places=places)

    [event] = Event.objects.all()
    assert (event.message_id, event.properties) == ("backed-up", {"n": 1, "text": "名'\"\\"})
    [customer] = Customer.objects.all()
    assert (customer.traits, personal.read(customer.personal)["name"]) == ({"city": "上海"}, "Ann 张")
    assert (places.folders["lake"] / "file.bin").read_bytes() == b"lake"
    # Triggers and sequences are back, too.
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessLog.objects.all().delete()
    assert access_log.verify().sound
    assert ingest([EventRecord("next", "cy", "Seen", timezone.now(), {})]).stored == 1


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
