"""A customer who is erased is gone everywhere, and stays so."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from pyroaring import BitMap

from customers import consent
from customers.ingest.pipeline import ingest
from customers.ingest.records import AliasRecord, CustomerRecord, EventRecord
from customers.models import AccessLog, Customer, Erasure, Event, ImportBatch, ImportReject, Source
from customers.privacy import access_log
from customers.tracking import quarantine
from customers.tracking.messages import Envelope
from segmentation.activation.models import Export
from segmentation.activation.services import ExportOptions, request_export
from segmentation.audiences import services as audiences
from segmentation.errors import SegmentationError
from segmentation.lake.sync import sync
from segmentation.privacy.loading import stores
from segmentation.privacy.services import decide, known_of, request_erasure, run_of
from segmentation.privacy.stores.base import group_of
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.scores import store as scores
from segmentation.segments import lists
from segmentation.segments.fixed_models import FixedMembers
from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.tags.given_models import ValueList
from segmentation.tags.models import Tag, TagValue
from segmentation.tags.services import create_category
from segtag_site.roles import assign_role, ensure_roles
from tests.campaign import ALL, NOW, open_shop, run

CANARY = "canary-7f3a9c"
NAME = "凯纳瑞 Canarius"
TRACES = [CANARY.encode(), b"Canarius", "凯纳瑞".encode(), json.dumps("凯纳瑞")[1:-1].encode()]


@pytest.fixture
def folders(settings: LazySettings, tmp_path: Path) -> Path:
    settings.LAKE_DIR, settings.EXPORT_DIR, settings.MEDIA_ROOT = (tmp_path / n for n in ("lake", "exports", "uploads"))
    return tmp_path


@pytest.fixture
def officer(db: None) -> User:
    return member("privacy-officer")


def member(role: str, name: str = "") -> User:
    ensure_roles()
    user = User.objects.create_user(name or role)
    assign_role(user=user, key=role)
    return User.objects.get(pk=user.pk)


def planted() -> Customer:
    """A customer who left a trace in every place there is."""
    open_shop(12)
    when = NOW - timedelta(days=3)
    person = {"name": NAME, "email": f"{CANARY}@example.com", "phone": "13912345678", "address": f"{CANARY} Street"}
    ingest([CustomerRecord(CANARY, when, {"city": "上海", "motto": CANARY}, **person)])
    bought = {"total": 5.0, "note": CANARY, "products": [{"sku": "S-9", "quantity": 1, "name": CANARY}]}
    ingest([EventRecord(f"e{n}", CANARY, "Order Completed", when - timedelta(days=40 * n), bought) for n in range(3)])
    ingest([EventRecord("a1", "", "Page", when, {"url": CANARY}, anonymous_id=f"{CANARY}-device")])
    ingest([AliasRecord(f"{CANARY}-device", CANARY, when)])
    customer = Customer.objects.get(external_id=CANARY)
    consent.record([(customer.pk, "email", True, when)], source="sign-up")
    sync()
    _computed(customer)
    _set_aside()
    folder = Path(settings_of("MEDIA_ROOT")) / "imports"
    folder.mkdir(parents=True)
    (folder / "failed").write_text(f"order_id,customer_id\n1,{CANARY.upper()}\n")
    LogEntry.objects.create(
        user=member("administrator"), content_type=ContentType.objects.get_for_model(Customer), object_id=customer.pk,
        object_repr=CANARY, action_flag=CHANGE,
    )  # fmt: skip
    return customer


def settings_of(name: str) -> Path:
    from django.conf import settings

    return Path(getattr(settings, name))


def _computed(customer: Customer) -> None:
    run(Run.objects.create(kind="profiles.compute", as_of=NOW))
    other = Customer.objects.exclude(pk__in=group_of(customer)).values_list("pk", flat=True)[0]
    named = store.named(NamedSet.Kind.SEGMENT, "all", label_zh="全部", label_en="All")
    for members in ({customer.pk, other}, {other}, {customer.pk, other}, {customer.pk}):
        store.publish({named: BitMap(members)}, run=None, as_of=NOW)
    scores.publish("tag:x", pa.table({"id": [other, customer.pk], "neighbours": [[customer.pk, 9], [other]]}), run=None)
    bought = {"id": [1], "buyers": [2], "customers": [[other, customer.pk]], "scores": [[0.5, 0.25]]}
    scores.publish("recommendation.products", pa.table(bought), run=None)
    _named_by_people(customer)
    audience = audiences.create_audience(
        by=None, key="spring", name="Spring", channel="email", include=ALL, holdout_percent=0
    )
    run(audiences.request_freeze(audience=audience, by=None))
    audience.refresh_from_db()
    marketer = member("marketer")
    options = ExportOptions(columns=["external_id", "trait:city"])
    run(request_export(version=audience.frozen_version, options=options, by=marketer))


def _named_by_people(customer: Customer) -> None:
    category = create_category(key="c", name_zh="类", name_en="C")
    tag = Tag.objects.create(key="t", kind="imported", category=category, name_zh="标", name_en="T")
    TagValue.objects.create(tag=tag, key="v", order=1, detail={"exemplars": [customer.pk]})
    packed = msgspec.msgpack.encode({"v": store.dump(BitMap([customer.pk, 1]))})
    ValueList.objects.create(
        tag=tag, name="x.csv", rows=1, matched=1, duplicate=0, unmatched=0, invalid=0, members=packed,
        refused=[[2, f"{CANARY},w", "unknown_value"]],
    )  # fmt: skip
    segment = Segment.objects.create(key="listed", name_zh="名单", name_en="Listed")
    FixedMembers.objects.create(
        segment=segment, origin="list", members=store.dump(BitMap([customer.pk, 1])),
        refused=lists.packed([(3, CANARY, "duplicate", "duplicate")]),
    )  # fmt: skip


def _set_aside() -> None:
    for key, who in (("once:hers", CANARY), ("once:theirs", "C-001")):
        cache.set(key, {"asked": "", "status": 201, "body": f'{{"user_id": "{who}"}}'.encode(), "type": ""})
    batch = ImportBatch.objects.create(source="orders_csv", file_name="x.csv", state="failed", path="imports/failed")
    ImportReject.objects.create(batch=batch, line=2, outcome="invalid", reason="x", row={"who": CANARY, "name": NAME})
    ImportReject.objects.create(batch=batch, line=3, outcome="invalid", reason="x", row={"who": "C-001"})
    source = Source.objects.create(name="web", key_hash="0" * 64)
    envelope = Envelope(source.pk, NOW, {}, "track")
    message = {"type": "track", "userId": CANARY, "messageId": f"{CANARY}-1", "event": ""}
    quarantine.keep([quarantine.SetAside(message, "event_name", envelope)])


def erased(customer: Customer, by: User) -> Erasure:
    erasure = request_erasure(customer=customer, reason=f"{NAME} asked by mail", by=by)
    run(run_of(erasure))
    erasure.refresh_from_db()
    return erasure


def bytes_of(path: Path) -> bytes:
    """Read by another process: were SQLite's files opened and closed in this one, its locks on them would be gone."""
    return subprocess.run(["cat", str(path)], capture_output=True, check=True).stdout


def traces(folder: Path) -> list[str]:
    """Where bytes of the canary are: in files as they lie, in Parquet as it reads, and in the database's own files."""
    database = [Path(f"{connection.settings_dict['NAME']}{end}") for end in ("", "-wal")]
    files = [path for path in [*folder.rglob("*"), *database] if path.is_file()]
    found = [str(path) for path in files if any(trace in bytes_of(path) for trace in TRACES)]
    tables = [path for path in files if path.suffix == ".parquet" and "_delta_log" not in path.parts]
    found += [str(path) for path in tables if CANARY in str(pq.read_table(path, partitioning=None).to_pydict())]
    logs = [path for path in files if path.name.endswith("checkpoint.parquet")]
    return found + [str(path) for path in logs if CANARY in str(pq.read_table(path).to_pydict())]


@pytest.mark.django_db(transaction=True)
def test_after_an_erasure_a_byte_search_finds_nothing(folders: Path, officer: User) -> None:
    customer = planted()
    everybody, before = Customer.objects.count(), Event.objects.count()
    if connection.vendor == "sqlite":
        assert len(traces(folders)) > 5

    erasure = erased(customer, officer)

    found, left = erasure.receipt["found"], erasure.receipt["left"]
    assert {key for key, count in found.items() if count == 0} == {"free_space", "deliveries"}
    assert set(left.values()) == {0}
    assert (Customer.objects.count(), Event.objects.count()) == (everybody - 2, before - 4)
    assert CANARY not in str(list(AccessLog.objects.values())) + str(list(Erasure.objects.values()))
    assert access_log.verify().sound
    assert (cache.get("once:hers"), bool(cache.get("once:theirs"))) == (None, True)
    if connection.vendor == "sqlite":
        assert traces(folders) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_left_of_others_adds_up(folders: Path, officer: User) -> None:
    customer = planted()
    erased(customer, officer)

    versions = list(SetVersion.objects.filter(named_set__key="all").order_by("number"))
    assert [v.size for v in versions] == [1, 1, 1, 0]
    assert [(v.entered_count, v.left_count) for v in versions] == [(1, 0), (0, 0), (0, 0), (0, 1)]
    assert all(len(store.at_version(v)) == v.size for v in SetVersion.objects.all())
    assert scores.table("recommendation.products").to_pylist()[0]["scores"] == [0.5]
    assert scores.table("tag:x")["neighbours"].to_pylist() == [[9]]
    assert ImportReject.objects.get(line=3).row == {"who": "C-001"}
    assert Export.objects.get().path == ""
    assert sync().events == 0


@pytest.mark.django_db(transaction=True)
def test_who_was_erased_does_not_come_back_by_what_is_sent_again(folders: Path, officer: User) -> None:
    erased(planted(), officer)

    again = [EventRecord("e9", CANARY, "Order Completed", NOW, {}), CustomerRecord(CANARY, NOW, {"city": "上海"})]
    other = EventRecord("e10", "", "Page", NOW, {}, anonymous_id=f"{CANARY}-device")
    report = ingest([*again, other, EventRecord("e11", "C-001", "Page", NOW, {})])

    assert (report.stored, report.suppressed, report.customers) == (1, ["e9", "e10"], 1)
    assert not Customer.objects.filter(external_id__contains="canary").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["set_aside", "facts", "sets", "lake"])
def test_a_killed_erasure_goes_on_where_it_was(folders: Path, officer: User, place: str) -> None:
    customer = planted()
    erasure = request_erasure(customer=customer, reason="asked", by=officer)
    with patch.object(type(stores()[place]), "erase", side_effect=RuntimeError("killed")):
        execute(run_of(erasure).pk)
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.RUNNING

    run(run_of(erasure))

    erasure.refresh_from_db()
    assert set(erasure.receipt["left"].values()) == {0}
    assert erasure.receipt["found"]["facts"] > 5
    if connection.vendor == "sqlite":
        assert traces(folders) == []


@pytest.mark.django_db
def test_with_four_eyes_another_person_decides(settings: LazySettings, officer: User, folders: Path) -> None:
    settings.ERASURE_FOUR_EYES = True
    open_shop(1)
    erasure = request_erasure(customer=Customer.objects.earliest("pk"), reason="asked", by=officer)
    assert (erasure.state, run_of(erasure)) == (Erasure.State.WAITING, None)

    with pytest.raises(SegmentationError) as told:
        decide(erasure=erasure, go=True, by=officer)
    assert told.value.code == "four_eyes"
    assert decide(erasure=erasure, go=True, by=member("privacy-officer", "second")).state == Erasure.State.RUNNING
    assert run_of(erasure) is not None


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["viewer", "marketer", "operator", "reviewer"])
def test_only_privacy_officers_erase_and_tell(role: str, folders: Path) -> None:
    open_shop(1)
    somebody, customer = member(role), Customer.objects.earliest("pk")
    with pytest.raises(PermissionDenied):
        request_erasure(customer=customer, reason="asked", by=somebody)
    with pytest.raises(PermissionDenied):
        known_of(customer, by=somebody)


@pytest.mark.django_db(transaction=True)
def test_a_customer_is_told_everything_and_nothing_of_others(folders: Path, officer: User) -> None:
    customer = planted()

    told = str(known_of(customer, by=officer))

    assert all(trace in told for trace in (NAME, f"{CANARY}@example.com", "13912345678", f"{CANARY}-device", "motto"))
    assert "Spring" in told
    assert "C-00" not in told
    assert AccessLog.objects.filter(action="tell", object_key=str(customer.pk)).count() == 1


def test_a_request_is_due_in_fifteen_days_and_overdue_after_while_it_is_open() -> None:
    request = Erasure(customer_ids=[1])
    assert timedelta(days=14) < request.due_at - timezone.now() <= timedelta(days=15)
    assert not request.overdue
    request.due_at = timezone.now() - timedelta(seconds=1)
    assert request.overdue
    request.state = Erasure.State.DONE
    assert not request.overdue
