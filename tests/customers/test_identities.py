"""Who is who: whatever the order in which it is told, the same people come out, with the same profiles."""

import os
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from customers import consent, merging, selectors
from customers.errors import CustomersError
from customers.ingest.pipeline import ingest
from customers.ingest.records import AliasRecord, CustomerRecord, EventRecord, Record
from customers.models import AccessLog, Customer, Event, Identity, MergeLog
from customers.names_selectors import names_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 17, 4, tzinfo=UTC)
# 500 and 20 with SEGTAG_HISTORIES=500 SEGTAG_ORDERS=20.
HISTORIES, ORDERS = int(os.environ.get("SEGTAG_HISTORIES", "20")), int(os.environ.get("SEGTAG_ORDERS", "3"))


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def event(number: int, user: str = "", anonymous: str = "", *also: tuple[str, str]) -> EventRecord:
    return EventRecord(f"m{number}", user, "Seen", at(number), {}, anonymous_id=anonymous, known_as=also)


def history(chance: random.Random) -> list[Record]:
    """Few people with few names, so that they meet, share and change them."""
    users, anonymous, devices = ["ann", "bea", "cat"], ["x", "y", "z"], [("device", "d1"), ("platform", "wx:1")]
    records: list[Record] = []
    for number in range(chance.randint(3, 12)):
        user = chance.choice([*users, ""])
        nobody = chance.choice(anonymous) if not user or chance.random() < 0.5 else ""
        also = tuple(chance.sample(devices, chance.choice([0, 0, 1])))
        kind = chance.random()
        if kind < 0.15:
            previous, now = chance.sample([*users, *anonymous], 2)
            records.append(AliasRecord(previous, now, at(number)))
        elif kind < 0.4:
            traits = {chance.choice(["city", "level"]): chance.choice(["a", "b", None])}
            email = chance.choice(["", "", "ann@example.com"])
            records.append(CustomerRecord(
                user, at(number), traits, email=email, anonymous_id=nobody, message_id=f"i{number}", known_as=also,
            ))  # fmt: skip
        else:
            records.append(event(number, user, nobody, *also))
    return records


def outcome() -> dict:
    """What is known in the end, without the numbers that the database gave."""
    shown = {}
    for customer in Customer.objects.filter(merged_into=None):
        names = frozenset(customer.identities.values_list("kind", "value"))
        events = frozenset(selectors.facts_of(customer, Event).values_list("message_id", flat=True))
        shown[names] = (customer.external_id, customer.traits, customer.first_seen_at, events)
    return shown


def told_in_order(records: list[Record]) -> dict:
    """The outcome of telling them one by one, forgotten afterwards."""
    with transaction.atomic():
        for record in records:
            assert not ingest([record]).refused
        found = outcome()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_order_in_which_things_are_told_does_not_matter(seed: int) -> None:
    chance = random.Random(seed)
    records = history(chance)
    expected = told_in_order(records)

    for _ in range(ORDERS):
        shuffled = chance.sample(records, len(records))
        assert told_in_order(shuffled) == expected

    ingest(records)
    assert outcome() == expected


def test_who_was_anonymous_becomes_known() -> None:
    ingest([event(1, "", "x"), event(2, "ann", "x")])

    ann = Customer.objects.get(merged_into=None)
    assert ann.external_id == "ann"
    assert ann.first_seen_at == at(1)
    assert {e.id for e in selectors.timeline(ann).events} == set(Event.objects.values_list("id", flat=True))


def test_a_shared_device_stays_with_whom_it_was_seen_first() -> None:
    ingest([event(5, "bea", "x")])
    ingest([event(9, "", "x")])
    assert Identity.objects.get(value="x").customer.external_id == "bea"

    ingest([event(2, "ann", "x")])

    assert Identity.objects.get(value="x").customer.external_id == "ann"
    assert Customer.objects.get(external_id="bea").first_seen_at == at(5)


def test_an_alias_brings_traits_and_events_along() -> None:
    ingest([CustomerRecord("old", at(1), {"city": "Rome", "level": 1}), CustomerRecord("new", at(2), {"level": 2})])
    ingest([AliasRecord("old", "new", at(3))])

    assert Customer.objects.get(merged_into=None).traits == {"city": "Rome", "level": 2}


def test_what_a_person_merges_a_person_can_separate() -> None:
    officer = User.objects.create_user("officer")
    ingest([CustomerRecord("ann", at(1), {"city": "Rome"}), CustomerRecord("bea", at(2), {"level": 2})])
    ann, bea = Customer.objects.get(external_id="ann"), Customer.objects.get(external_id="bea")

    merging.merge(customer=ann, into=bea, by=officer)
    bea.refresh_from_db()
    assert (bea.traits, bea.first_seen_at) == ({"city": "Rome", "level": 2}, at(1))
    with pytest.raises(CustomersError):
        merging.merge(customer=ann, into=bea, by=officer)

    merging.separate(customer=Customer.objects.get(pk=ann.pk), by=officer)
    ann.refresh_from_db()
    bea.refresh_from_db()
    assert (ann.merged_into, ann.traits) == (None, {"city": "Rome"})
    assert (bea.traits, bea.first_seen_at) == ({"level": 2}, at(2))
    assert [log.by for log in MergeLog.objects.all()] == [officer, officer]
    assert AccessLog.objects.filter(action__in=["merge", "separate"]).count() == 2


def test_a_separated_alias_does_not_come_back_when_it_is_told_again() -> None:
    ingest([event(1, "old"), event(2, "new"), AliasRecord("old", "new", at(3))])
    old = Customer.objects.get(external_id="old")
    merging.separate(customer=old, by=User.objects.create_user("officer"))

    ingest([AliasRecord("old", "new", at(1))])

    old.refresh_from_db()
    assert old.merged_into is None


def test_who_withdrew_under_one_name_is_not_addressed_under_another() -> None:
    ingest([event(1, "old"), event(2, "new")])
    old, new = Customer.objects.get(external_id="old"), Customer.objects.get(external_id="new")
    consent.grant(customer=new, channel="email", source="form")
    consent.withdraw(customer=old, channel="email", source="form")
    assert consent.reachable(channel="email") == {new.pk}

    ingest([AliasRecord("old", "new", at(3))])

    assert consent.reachable(channel="email") == set()
    assert consent.reachable([new.pk], channel="email") == set()


def test_the_customers_page_tells_its_names_and_where_it_was_met(admin_client) -> None:
    ingest([event(1, "ann", "x", ("device", "d1")), CustomerRecord("ann", at(2), email="ann@example.com")])
    ingest([event(3, "old"), AliasRecord("old", "ann", at(4))])
    ann = Customer.objects.get(external_id="ann")

    names = names_of(ann)

    assert {(name.kind, name.value) for name in names.known} >= {("user_id", "ann"), ("device", "d1"), ("email", "")}
    assert [(point.source, point.events) for point in names.touchpoints] == [("", 2)]
    assert [customer.external_id for customer in names.merged] == ["old"]
    assert "d1" in admin_client.get(f"/customers/{ann.pk}/").content.decode()


def test_who_never_was_somebody_elses_does_not_make_that_one_older() -> None:
    ingest([event(3, "cat", "x"), event(0, "bea", "", ("device", "d1"))])

    ingest([event(1, "", "x", ("device", "d1"))])

    assert Identity.objects.get(value="x").customer.external_id == "bea"
    assert Customer.objects.get(external_id="cat").first_seen_at == at(3)
