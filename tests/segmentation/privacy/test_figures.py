"""Privacy at the sizes that reliability goals name; too long for every run, so asked for by an environment variable.

    SEGTAG_FIGURES=1 pytest tests/segmentation/privacy/test_figures.py -n 0 -s

prints one line a goal: G18 spreadsheets, G21 access log, G22 erasure, G23 keys.
"""

import io
import os
import random
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError, OperationalError
from django.test import override_settings
from pyroaring import BitMap
from python_calamine import CalamineWorkbook

from customers import consent, identities
from customers.errors import CustomersError
from customers.ingest.pipeline import ingest
from customers.ingest.records import AliasRecord, CustomerRecord, EventRecord
from customers.models import AccessLog, Customer, ImportBatch, ImportReject, PersonalRecord, Source
from customers.privacy import access_log, personal, rotation
from customers.privacy.append_only import unprotect
from customers.privacy.crypto import decrypt
from customers.tracking import quarantine
from customers.tracking.messages import Envelope
from segmentation import safe_csv
from segmentation.activation import workbook
from segmentation.activation.services import ExportOptions, request_export
from segmentation.audiences import services as audiences
from segmentation.lake.sync import sync
from segmentation.privacy.services import request_erasure, run_of
from segmentation.runs.models import Run
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from tests.campaign import ALL, NOW, open_shop, run
from tests.segmentation.privacy.test_erasing import CANARY, folders, member, officer, traces  # noqa: F401 (fixtures)
from tests.segmentation.test_safe_csv import CORPUS, read, written

pytestmark = [
    pytest.mark.skipif(not os.environ.get("SEGTAG_FIGURES"), reason="SEGTAG_FIGURES=1 asks for it"),
    pytest.mark.django_db(transaction=True),
]
SEED = 42


def test_g18_text_stays_text_and_numbers_stay_numbers() -> None:
    numbers = [-5, 5.25, 1e5, 0, -0.5]
    back = read(written(*[[text] for text in [*CORPUS, *numbers]]))[1:]
    same = sum(safe_csv.unescape(cell[0]) == text for cell, text in zip(back, CORPUS, strict=False))
    runs = [cell[0] for cell in back[: len(CORPUS)] if cell[0][:1] in tuple("=@\t\r＝＋－＠")]
    file = io.BytesIO()
    workbook.write(file, ["a"], [[text] for text in CORPUS])
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
    as_text = sum(isinstance(row[0], str) for row in sheet[1:])
    kept = sum(float(cell[0]) == number for cell, number in zip(back[len(CORPUS) :], numbers, strict=True))
    print(
        f"\nG18 {len(CORPUS)} cells: {same} equal after a round trip of CSV, {len(runs)} begin like a formula,"
        f" {as_text}/{len(sheet) - 1} text in XLSX, {kept}/{len(numbers)} numbers kept"
    )
    assert (same, runs, as_text, kept) == (len(CORPUS), [], len(sheet) - 1, len(numbers))


def test_g21_every_change_of_5000_entries_is_found() -> None:
    for number in range(5000):
        access_log.record(actor=None, action="look", object_kind="customer", object_key=str(number))
    table, chance = AccessLog._meta.db_table, random.Random(SEED)
    ids = list(AccessLog.objects.order_by("pk").values_list("pk", flat=True))
    columns = "at, actor_id, action, object_kind, object_key, detail"
    ways = {
        "change": "UPDATE {t} SET action = 'x' WHERE id = {a}",
        "drop": "DELETE FROM {t} WHERE id = {a}",
        "swap": "UPDATE {t} SET id = CASE id WHEN {a} THEN -1 ELSE {a} END WHERE id IN ({a}, {b});"
        "UPDATE {t} SET id = {b} WHERE id = -1",
        "insert": "INSERT INTO {t} (id, {c}, previous_hash, hash)"
        " SELECT -7, {c}, 'x', 'forged' FROM {t} WHERE id = {a}",
        "cut": "DELETE FROM {t} WHERE id > {a}",
    }
    noted, found, tried, began = access_log.head(), 0, 0, time.perf_counter()
    assert access_log.verify(head=noted).sound
    once = time.perf_counter() - began
    for statement in ways.values():
        for _ in range(5):
            first, second = sorted(chance.sample(ids[:-1], 2))
            with transaction.atomic():
                unprotect(connection, table)
                with connection.cursor() as cursor:
                    for part in filter(str.strip, statement.format(t=table, a=first, b=second, c=columns).split(";")):
                        cursor.execute(part)
                tried, found = tried + 1, found + (not access_log.verify(head=noted).sound)
                transaction.set_rollback(True)
    assert access_log.verify(head=noted).sound
    refused = 0
    for change in ("UPDATE {t} SET action = 'x'", "DELETE FROM {t}"):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change.format(t=table))
        except DatabaseError:
            refused += 1
    print(
        f"\nG21 5000 entries: {found}/{tried} changes found, {refused}/2 refused by the database, a check {once:.2f} s"
    )
    assert (found, refused) == (tried, 2)


def plant(many: int) -> list[Customer]:
    """So many customers who left traces in profile, events, traits, exports, history, quarantine, logs, lake, cache."""
    open_shop(40)
    when = NOW - timedelta(days=3)
    names = [f"{CANARY}-{number:02}" for number in range(many)]
    ingest([CustomerRecord(n, when, {"motto": n}, name=f"N {n}", email=f"{n}@example.com", address=n) for n in names])
    ingest([EventRecord(f"{n}-{k}", n, "Order Completed", when, {"note": n, "products": [{"sku": "S", "name": n}]})
            for n in names for k in range(3)])  # fmt: skip
    ingest([EventRecord(f"{n}-d", "", "Page", when, {"url": n}, anonymous_id=f"{n}-device") for n in names])
    ingest([AliasRecord(f"{n}-device", n, when) for n in names])
    customers = [Customer.objects.get(external_id=n) for n in names]
    consent.record([(one.pk, "email", True, when) for one in customers], source="x")
    sync()
    run(Run.objects.create(kind="profiles.compute", as_of=NOW))
    named = store.named(NamedSet.Kind.SEGMENT, "all", label_zh="全部", label_en="All")
    for some in (customers, customers[::2], customers):
        store.publish({named: BitMap(one.pk for one in some)}, run=None, as_of=NOW)
    audience = audiences.create_audience(by=None, key="a", name="A", channel="email", include=ALL, holdout_percent=0)
    run(audiences.request_freeze(audience=audience, by=None))
    audience.refresh_from_db()
    options = ExportOptions(columns=["external_id"])
    run(request_export(version=audience.frozen_version, options=options, by=member("marketer")))
    batch = ImportBatch.objects.create(source="orders_csv", file_name="x.csv", state="failed")
    source = Source.objects.create(name="web", key_hash="0" * 64)
    for line, n in enumerate(names):
        ImportReject.objects.create(batch=batch, line=line, outcome="invalid", reason="x", row={"who": n})
        message = {"type": "track", "userId": n, "messageId": f"{n}-q", "event": ""}
        quarantine.keep([quarantine.SetAside(message, "event_name", Envelope(source.pk, NOW, {}, "track"))])
        cache.set(f"once:{n}", {"status": 201, "body": f'{{"user_id":"{n}"}}'.encode(), "type": "", "asked": ""})
    return customers


def test_g22_fifty_subjects_leave_no_byte(folders: Path, officer: User) -> None:  # noqa: F811
    customers = plant(50)
    before = len(traces(folders))
    times = []
    for customer in customers:
        began = time.perf_counter()
        erasure = request_erasure(customer=customer, reason="asked", by=officer)
        run(run_of(erasure))
        times.append(time.perf_counter() - began)
    left = traces(folders)
    answers = sum(cache.get(f"once:{CANARY}-{n:02}") is not None for n in range(50))
    again = ingest([EventRecord(f"late-{n}", f"{CANARY}-{n:02}", "Page", NOW, {}) for n in range(50)])
    print(
        f"\nG22 50 subjects: {before} files with traces before, {len(left)} after; {answers} cached answers left;"
        f" {len(again.suppressed)}/50 sent again suppressed; each {sum(times) / 50:.2f} s (at most {max(times):.2f}),"
        f" all {sum(times):.0f} s; log sound: {access_log.verify().sound}"
    )
    assert (left, answers, len(again.suppressed)) == ([], 0, 50)
    assert access_log.verify().sound
    assert max(times) <= 60


def test_g23_keys_rotate_under_four_writers() -> None:
    old, new, rows = "figures-old-" * 5, "figures-new-" * 5, 20_000

    def someone(number: int) -> CustomerRecord:
        return CustomerRecord(f"R-{number}", NOW, name=f"张 {number}", email=f"r{number}@example.com")

    with override_settings(IDENTIFIER_KEY=old):
        for start in range(0, rows, 2000):
            ingest([someone(number) for number in range(start, start + 2000)])
    done, wrote, refused = threading.Event(), [0, 0, 0, 0], [0, 0, 0, 0]

    def write(writer: int) -> None:
        while not done.is_set():
            number = wrote[writer]
            try:
                ingest([someone(100_000 * (writer + 1) + number), someone(number)])
                wrote[writer] += 1
            except OperationalError:
                refused[writer] += 1
        connections.close_all()

    with override_settings(IDENTIFIER_KEY=f"{new},{old}"):
        writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
        for thread in writers:
            thread.start()
        began = time.perf_counter()
        turned = rotation.rotate()
        took = time.perf_counter() - began
        done.set()
        for thread in writers:
            thread.join()
        rotation.rotate()
        waiting = rotation.waiting()
    with override_settings(IDENTIFIER_KEY=new):
        unreadable = missed = 0
        for record in PersonalRecord.objects.select_related("customer").iterator(chunk_size=2000):
            try:
                email = personal.read(record)["email"]
            except CustomersError:
                unreadable += 1
                continue
            missed += not identities.customers_known_as(identities.Kind.EMAIL, email).exists()
        first, second = PersonalRecord.objects.order_by("pk")[:2]
        with pytest.raises(CustomersError):
            decrypt(first.name, table=PersonalRecord._meta.db_table, column="name", row=second.pk)
    everybody = PersonalRecord.objects.count()
    print(
        f"\nG23 {everybody} rows, 4 writers ({sum(wrote)} writes meanwhile, {sum(refused)} refused):"
        f" {turned} rotated in {took:.1f} s,"
        f" {waiting} need the old secret, {unreadable} unreadable, {missed} look-ups missed, swapped row refused"
    )
    assert (waiting, unreadable, missed) == (0, 0, 0)
    assert everybody == rows + sum(wrote)
