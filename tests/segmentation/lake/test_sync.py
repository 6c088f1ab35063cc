"""What the lake holds after a sync."""

import os
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from deltalake import DeltaTable
from django.db import connections, transaction

from customers import merging
from customers.consent import grant, withdraw
from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord
from customers.models import Customer, Event, Product, Property, Trait
from segmentation.lake import appending, delta
from segmentation.lake import events as event_pages
from segmentation.lake import sync as syncing
from segmentation.lake.columns import catalogue
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.rebuild import rebuild
from segmentation.lake.sync import sync
from segmentation.lake.tables import CUSTOMERS, EVENTS, ITEMS
from segmentation.lake.versions import current_source
from tests.segmentation.lake.conftest import happened, order, read, store

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_an_order_becomes_an_event_and_its_items() -> None:
    store(order("1", "ann", {"sku": "A", "quantity": 2}, {"sku": "B"}, total=9.5, store="north", day="2026-03-05"))

    report = sync()

    assert (report.events, report.items, report.customers) == (1, 2, 1)
    ann = Customer.objects.get().pk
    [event] = read(EVENTS)
    assert event["customer_id"] == ann
    assert (event["event"], event["time"], event["month"]) == ("Order Completed", NOON, "2026-03")
    assert (event["p_total"], event["p_store"], event["p_day"]) == (9.5, "north", date(2026, 3, 5))
    first, second = read(ITEMS)
    assert (first["position"], first["sku"], first["p_quantity"], first["customer_id"]) == (0, "A", 2.0, ann)
    assert (second["position"], second["sku"], second["p_quantity"]) == (1, "B", None)
    assert "p_sku" not in first


def test_events_of_many_names_share_columns_of_one_name_and_type() -> None:
    store(happened("1", "ann", "Viewed", shop="A"), happened("2", "ann", "Bought", shop="B", total=1))

    sync()

    assert {(row["event"], row["p_shop"], row["p_total"]) for row in read(EVENTS)} == {
        ("Viewed", "A", None),
        ("Bought", "B", 1.0),
    }


def test_nothing_is_copied_twice_and_nothing_is_published_without_a_change() -> None:
    store(order("1", "ann", {"sku": "A"}))
    first = sync()

    second = sync()

    assert (second.events, second.items) == (0, 0)
    assert second.snapshot == first.snapshot
    assert len(read(EVENTS)) == len(read(ITEMS)) == 1


def test_later_events_are_added_with_columns_that_were_not_known_before() -> None:
    store(order("1", "ann", {"sku": "A"}))
    sync()
    store(order("2", "ann", {"sku": "A", "gift": True}, channel="app"))

    report = sync()

    assert report.events == 1
    assert {row["p_channel"] for row in read(EVENTS)} == {None, "app"}
    assert {row["p_gift"] for row in read(ITEMS)} == {None, True}


def test_events_without_products_leave_no_items() -> None:
    store(happened("1", "ann", "Viewed", page="home"))

    sync()

    assert read(ITEMS) == []
    assert sync().events == 0


def test_a_snapshot_stays_readable_as_it_was() -> None:
    store(order("1"))
    sync()
    before = event_ids()
    first = LakeSnapshot.objects.get()
    store(order("2"))
    sync()

    rows = DeltaTable(str(delta.folder(EVENTS)), version=first.versions[EVENTS]).to_pyarrow_table()
    assert rows["event_id"].to_pylist() == before


def test_rows_lie_by_month_of_utc_and_sorted_by_event_customer_and_time() -> None:
    new_year = datetime.fromisoformat("2026-01-01T00:30:00+08:00")
    store(*(order(str(n), f"c{n % 3}", at=NOON.replace(day=1 + n * 7 % 28)) for n in range(40)))
    store(order("old", "c1", at=new_year), happened("view", "c2", "A View", at=NOON))

    sync()

    rows = read(EVENTS)
    assert {row["month"] for row in rows if row["time"] == new_year} == {"2025-12"}
    march = [(row["event"], row["customer_id"], row["time"]) for row in rows if row["month"] == "2026-03"]
    assert march == sorted(march)
    assert len(march) == 41


def test_items_inherit_from_their_product_what_they_do_not_say_themselves() -> None:
    Product.objects.create(sku="A", name="Tea", category_path=["Drinks", "Hot"], brand="Leaf")
    Product.objects.create(sku="B")
    own = {"sku": "A", "name": "Tea, special offer", "brand": "Leaf & Co", "price": 2}
    store(order("1", "ann", {"sku": "A"}, own, {"sku": "B"}, {"sku": 77}, {"quantity": 1}))

    sync()

    columns = ("sku", "name", "category", "category_path", "brand")
    assert [tuple(row[column] for column in columns) for row in read(ITEMS)] == [
        ("A", "Tea", "Drinks", "Drinks / Hot", "Leaf"),
        ("A", "Tea, special offer", "Drinks", "Drinks / Hot", "Leaf & Co"),
        ("B", None, None, None, None),
        ("77", None, None, None, None),
        (None, None, None, None, None),
    ]


def test_more_products_than_one_question_can_ask_for_are_all_found() -> None:
    Product.objects.bulk_create(Product(sku=str(n), name=f"Product {n}") for n in range(2000))
    store(*(order(str(n), "ann", *({"sku": str(n * 100 + i)} for i in range(100))) for n in range(20)))

    sync()

    assert all(row["name"] == f"Product {row['sku']}" for row in read(ITEMS))


def test_values_that_do_not_fit_their_type_are_left_out_and_counted_on_the_catalogue() -> None:
    store(order("1", "ann", {"sku": "A", "quantity": 1}, total=5))
    store(order("2", "ann", {"sku": "A", "quantity": "two"}, total="a lot"), order("3", "ann", total="7.5"))
    Property.objects.update(misfits=0)

    sync()

    assert {row["p_total"] for row in read(EVENTS)} == {5.0, None, 7.5}
    assert Property.objects.get(name="total").misfits == 1
    assert Property.objects.get(name="quantity").misfits == 1
    sync()
    store(order("4", "ann", total=[]))
    sync()
    assert Property.objects.get(name="total").misfits == 2


def test_a_changed_type_makes_the_tables_again() -> None:
    store(order("1", "ann", total=5, code="12"), order("2", "ann", total=6, code="x"))
    sync()
    Property.objects.filter(name="code").update(type="number")

    report = sync()

    assert report.events == 2
    assert sorted((row["p_total"], row["p_code"]) for row in read(EVENTS)) == [(5.0, 12.0), (6.0, None)]
    assert Property.objects.get(name="code").misfits == 1


def test_customers_come_with_typed_traits_and_what_they_allow() -> None:
    ingest([CustomerRecord("ann", NOON, {"age": 31, "city": "上海"})])
    ingest([CustomerRecord("bob", NOON, {"age": "old"})])
    ann, bob = Customer.objects.order_by("external_id")
    grant(customer=ann, channel="email", source="test")
    grant(customer=ann, channel="sms", source="test")
    grant(customer=bob, channel="sms", source="test")
    withdraw(customer=bob, channel="sms", source="test")

    sync()

    rows = {row["external_id"]: row for row in read(CUSTOMERS)}
    assert (rows["ann"]["customer_id"], rows["ann"]["first_seen"], rows["ann"]["identified"]) == (ann.pk, NOON, True)
    assert (rows["ann"]["t_age"], rows["ann"]["t_city"]) == (31.0, "上海")
    assert rows["ann"]["reachable"] == ["marketing:email", "marketing:sms"]
    assert (rows["bob"]["t_age"], rows["bob"]["reachable"]) == (None, [])
    assert Trait.objects.get(name="age").misfits == 1


def test_customers_are_written_again_only_when_something_about_them_changed() -> None:
    ingest([CustomerRecord("ann", NOON, {"age": 31})])
    first = sync()
    assert sync().snapshot == first.snapshot

    ingest([CustomerRecord("ann", NOON, {"age": 32, "vip": True})])
    second = sync()

    assert second.snapshot != first.snapshot
    assert [(row["t_age"], row["t_vip"]) for row in read(CUSTOMERS)] == [(32.0, True)]


def test_a_merged_customer_is_left_out_and_its_events_count_for_the_other(django_user_model) -> None:
    store(order("1", "ann"), order("2", "anna"), order("3", "a."))
    sync()
    ann, anna, dot = (Customer.objects.get(external_id=name) for name in ("ann", "anna", "a."))
    by = django_user_model.objects.create(username="operator")
    merging.merge(customer=dot, into=anna, by=by)
    merging.merge(customer=anna, into=ann, by=by)
    [root] = Customer.objects.filter(merged_into=None)

    report = sync()

    assert report.events == 0, "nothing is copied again"
    assert [row["customer_id"] for row in read(CUSTOMERS)] == [root.pk]
    assert [row["customer_id"] for row in read(EVENTS)] == [root.pk] * 3
    store(order("4", "ann"))
    assert sync().events == 1


def test_after_a_separation_events_are_whose_they_were_as_if_copied_anew(django_user_model) -> None:
    by = django_user_model.objects.create(username="operator")
    store(*(order(str(n), who, {"sku": "A"}) for n, who in enumerate(("ann", "anna", "bea"))))
    ann, anna = (Customer.objects.get(external_id=name) for name in ("ann", "anna"))
    merging.merge(customer=anna, into=ann, by=by)
    sync()
    anna.refresh_from_db()
    gone = anna if anna.merged_into else Customer.objects.get(pk=ann.pk)
    merging.separate(customer=gone, by=by)

    sync()
    followed = [_by_event(read(table)) for table in (EVENTS, ITEMS)]
    rebuild()

    assert [len({row["customer_id"] for row in table}) for table in followed] == [3, 3]
    assert followed == [_by_event(read(table)) for table in (EVENTS, ITEMS)]


def test_a_merge_leaves_the_files_of_other_months_as_they_are(django_user_model) -> None:
    by = django_user_model.objects.create(username="operator")
    store(order("1", "ann"), order("2", "anna"))
    store(order("3", "bea", at=NOON - timedelta(days=70)), order("4", "bea"))
    sync()
    before = set(current_source().tables[EVENTS])
    customer, into = (Customer.objects.get(external_id=name) for name in ("anna", "ann"))
    merging.merge(customer=customer, into=into, by=by)

    sync()

    kept = before & set(current_source().tables[EVENTS])
    assert ["month=2025-12" in path for path in kept] == [True]


def _by_event(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: row["event_id"])


def test_large_events_are_read_in_small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    store(*(order(str(n), note="long " * 100) for n in range(9)))
    monkeypatch.setattr(event_pages, "PAGE_BYTES", 1_000)

    pages = list(event_pages.pages(catalogue(), {}, after=0, upto=event_pages.newest_event()))

    assert [page.tables[EVENTS].num_rows for page in pages] == [2, 2, 2, 2, 1]
    assert sync().events == 9


def test_a_database_set_up_anew_gets_a_lake_of_its_own() -> None:
    store(order("1", total=1), order("2", total=2))
    sync()
    Event.objects.all().delete()
    store(order("1", total=3))

    sync()

    assert [row["p_total"] for row in read(EVENTS)] == [3.0]


def test_many_rounds_give_the_same_rows_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_pages, "PAGE", 7)
    monkeypatch.setattr(syncing, "ROUND", 2_000)
    store(*(order(str(n), f"c{n % 5}", {"sku": "A"}, {"sku": "B"}, total=n) for n in range(50)))

    report = sync()

    assert (report.events, report.items) == (50, 100)
    assert len(current_files(EVENTS)) > 1
    assert sorted(row["p_total"] for row in read(EVENTS)) == list(range(50))
    assert len({(row["event_id"], row["position"]) for row in read(ITEMS)}) == 100


def test_a_table_that_is_ahead_after_a_kill_is_caught_up_with_not_written_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store(order("0", "ann", {"sku": "A", "quantity": 1}, total=0))
    store(*(order(str(n), "ann", {"sku": "A", "quantity": "x" if n % 2 else 1}, total=n) for n in range(1, 9)))
    real, table_names = delta.append, []

    def die_before_the_items(table: DeltaTable, name: str, *args: object, **marks: object) -> None:
        if name == ITEMS:
            raise KeyboardInterrupt
        table_names.append(name)
        real(table, name, *args, **marks)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(appending.delta, "append", die_before_the_items)
        sync()
    assert table_names == [EVENTS]
    store(order("more", "ann", {"sku": "B", "quantity": 2}, total=100))

    report = sync()

    assert (report.events, report.items) == (1, 10)
    assert len(event_ids()) == len(set(event_ids())) == 10
    assert len(read(ITEMS)) == 10
    assert Property.objects.get(name="quantity").misfits == sum(n % 2 for n in range(9))


def test_the_marks_outlive_the_log_that_they_came_with() -> None:
    store(order("1", "ann", {"sku": "A"}), order("2", total=1), order("3", total="much"))
    sync()
    for table in (EVENTS, ITEMS, CUSTOMERS):
        delta.opened(table).create_checkpoint()
        for entry in (delta.folder(table) / "_delta_log").glob("*.json"):
            entry.unlink()

    assert sync().events == 0
    assert len(event_ids()) == 3


def test_progress_is_told_up_to_the_end() -> None:
    store(*(order(str(n)) for n in range(3)))
    told = []

    sync(progress=lambda phase, done, total: told.append((done, total)))

    done, total = told[0]
    assert done == total > 0


@pytest.mark.skipif("postgres" not in os.environ.get("DATABASE_URL", ""), reason="needs PostgreSQL")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_event_committed_late_with_a_small_id_is_not_passed_over() -> None:
    store(order("first"))
    inserted, go_on = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            store(order("slow"))
            inserted.set()
            go_on.wait(10)
        connections.close_all()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    inserted.wait(10)
    threading.Timer(0.5, go_on.set).start()

    sync()  # waits for the slow writer, whose id it would else pass over

    writer.join()
    assert len(read(EVENTS)) == 2


def event_ids() -> list[int]:
    return [row["event_id"] for row in read(EVENTS)]


def current_files(table: str) -> tuple[str, ...]:
    return current_source().tables[table]
