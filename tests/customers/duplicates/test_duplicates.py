"""Possible duplicates: found in a job, decided by people on a page, and never proposed again once refused."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import tasks
from customers.duplicates import searching
from customers.errors import CustomersError
from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord
from customers.models import AccessLog, Customer, Duplicate, DuplicateSearch, MergeLog
from tests.segtag_site.shop import user_of

pytestmark = pytest.mark.django_db
PAGE = reverse("customers:duplicates")


@pytest.fixture
def twice() -> tuple[Customer, Customer]:
    """Ada, known under two numbers, and a stranger."""
    told = {"name": "Ada Lovelace", "phone": "+44 20 7946 0001", "traits": {"city": "London"}}
    bo = CustomerRecord(
        "C-3", timezone.now(), name="Bo Stranger", email="bo@example.com", phone="5550000", address="1 A"
    )
    ingest(
        [
            CustomerRecord("C-1", timezone.now(), email="ada@example.com", **told),
            CustomerRecord("C-2", timezone.now(), email="ada.l@example.org", **told),
            bo,
        ]
    )
    return Customer.objects.get(external_id="C-1"), Customer.objects.get(external_id="C-2")


def search() -> list[Duplicate]:
    searching.search(noted=searching.ask_for_search())
    return list(Duplicate.objects.filter(state=Duplicate.State.PROPOSED))


def browser(role: str) -> Client:
    client = Client()
    client.force_login(user_of(role))
    return client


def test_a_search_proposes_and_merges_nobody(twice) -> None:
    [pair] = search()
    assert {pair.first, pair.second} == set(twice)
    assert pair.levels["name"] == pair.levels["phone"] == "same"
    assert not MergeLog.objects.exists()
    noted = DuplicateSearch.objects.get()
    assert (noted.compared, noted.found, noted.failed, noted.ended_at is None) == (3, 1, False, False)


def test_accepted_on_the_page_it_is_merged_with_the_log(twice) -> None:
    [pair], client = search(), browser("operator")

    client.post(reverse("customers:decide_duplicate", args=[pair.pk]), {"decision": "same"})

    assert Customer.objects.filter(merged_into=None).count() == 2
    assert MergeLog.objects.get().by.username == "operator"
    assert AccessLog.objects.filter(action="merge").exists()
    assert search() == []


def test_refused_it_is_never_proposed_again(twice) -> None:
    [pair], client = search(), browser("operator")

    client.post(reverse("customers:decide_duplicate", args=[pair.pk]), {"decision": "two"})

    assert search() == []
    assert Duplicate.objects.get().state == Duplicate.State.REFUSED
    assert not MergeLog.objects.exists()
    assert AccessLog.objects.filter(action="keep_apart").exists()
    with pytest.raises(CustomersError) as refused:
        searching.accept(pair=pair, by=user_of("reviewer"))
    assert refused.value.code == "decided_already"


def test_what_is_no_longer_alike_goes(twice) -> None:
    search()
    told = CustomerRecord("C-2", timezone.now(), name="Bea Other", email="bea@example.net", phone="+1 202 555 0100")
    ingest([told])
    assert search() == []
    assert not Duplicate.objects.exists()


def test_the_page_shows_pairs_masked_and_decides_only_for_those_who_may(twice) -> None:
    [pair] = search()
    page = browser("viewer").get(PAGE).content.decode()
    assert "C-1" in page
    assert "A*** L***" in page
    assert "Lovelace" not in page
    assert reverse("customers:decide_duplicate", args=[pair.pk]) not in page
    assert reverse("customers:decide_duplicate", args=[pair.pk]) in browser("operator").get(PAGE).content.decode()


def test_who_may_only_look_decides_nothing(twice) -> None:
    [pair], client = search(), browser("viewer")
    for address in (reverse("customers:decide_duplicate", args=[pair.pk]), reverse("customers:search_duplicates")):
        assert client.post(address, {"decision": "same"}).status_code == 403
    assert not MergeLog.objects.exists()


def test_pairs_that_were_merged_by_hand_wait_no_longer(twice) -> None:
    search()
    client = browser("operator")
    client.post(reverse("customers:merge", args=[twice[0].pk]), {"other": "C-2"})
    assert "C-2" not in client.get(PAGE).content.decode()


def test_the_button_starts_one_search_at_a_time(twice, monkeypatch, django_capture_on_commit_callbacks) -> None:
    rung: list[list[int]] = []
    monkeypatch.setattr(tasks.find_duplicates, "apply_async", lambda args: rung.append(args))
    client = browser("operator")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("customers:search_duplicates"))
        client.post(reverse("customers:search_duplicates"))
    assert len(rung) == 1
    tasks.find_duplicates(*rung[0])
    assert Duplicate.objects.count() == 1


def test_by_the_timetable_a_search_is_its_own(twice) -> None:
    tasks.find_duplicates()
    assert DuplicateSearch.objects.get().found == 1


def test_a_search_that_fails_says_so(twice, monkeypatch) -> None:
    monkeypatch.setattr(searching, "alike", lambda *_args, **_more: 1 / 0)
    noted = searching.ask_for_search()
    with pytest.raises(ZeroDivisionError):
        searching.search(noted=noted)
    assert DuplicateSearch.objects.get().failed
    assert searching.ask_for_search()
