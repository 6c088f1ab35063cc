"""The list of customers, the page of one, and revealing who that is."""

import pytest
from django.urls import reverse

from customers.models import AccessLog
from customers.privacy import access_log
from tests.segtag_site.shop import open_shop, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return open_shop(orders=23)


@pytest.fixture
def marketer(client):
    client.force_login(user_of("marketer"))
    return client


@pytest.fixture
def officer(client):
    client.force_login(user_of("privacy-officer"))
    return client


@pytest.mark.parametrize("query", ["C-1", "c-", "ann@example.com", " Ann@Example.com ", "138 1234 5678"])
def test_a_customer_is_found_by_number_or_by_a_whole_contact(marketer, ann, query):
    page = marketer.get(reverse("customers:list"), {"q": query}).content.decode()
    assert "C-1" in page


def test_a_part_of_a_contact_finds_nobody(marketer, ann):
    page = marketer.get(reverse("customers:list"), {"q": "ann@"}).content.decode()
    assert "C-1" not in page


def test_the_list_masks_every_name_and_contact(marketer, ann):
    page = marketer.get(reverse("customers:list")).content.decode()
    for secret in ("Ann Example", "ann@example.com", "13812345678", "High Street"):
        assert secret not in page


def test_a_set_that_is_not_there_is_not_found(marketer, ann):
    assert marketer.get(reverse("customers:list"), {"in": "segment:nothing"}).status_code == 404
    assert marketer.get(reverse("customers:list"), {"in": "nonsense"}).status_code == 404


def test_the_page_of_a_customer_shows_traits_and_orders_and_masks_who_it_is(marketer, ann):
    page = marketer.get(reverse("customers:detail", args=[ann.pk])).content.decode()
    assert "Leeds" in page
    assert "S-1" in page
    assert "Ann Example" not in page
    assert reverse("customers:reveal", args=[ann.pk]) not in page


def test_older_events_come_in_parts_until_all_are_shown(marketer, ann):
    first = marketer.get(reverse("customers:detail", args=[ann.pk]))
    older = first.context["timeline"].older
    rest = marketer.get(reverse("customers:timeline", args=[ann.pk]), {"before": older})
    assert len(first.context["timeline"].events) + len(rest.context["timeline"].events) == 23
    assert rest.context["timeline"].older is None


def test_a_broken_link_to_older_events_is_answered_with_words(marketer, ann):
    answer = marketer.get(reverse("customers:timeline", args=[ann.pk]), {"before": "garbage"})
    assert answer.status_code == 200
    assert b'role="alert"' in answer.content


def test_a_reveal_shows_the_identity_and_is_written_down_with_its_reason(officer, ann):
    answer = officer.post(reverse("customers:reveal", args=[ann.pk]), {"reason": "asked for her data"})
    assert "Ann Example" in answer.content.decode()
    entry = AccessLog.objects.get(action="reveal")
    assert (entry.object_key, entry.detail["reason"], entry.actor.username) == (
        str(ann.pk),
        "asked for her data",
        "privacy-officer",
    )
    assert access_log.verify().sound


@pytest.mark.parametrize("reason", ["", "  ", "why"])
def test_without_a_reason_nothing_is_revealed(officer, ann, reason):
    answer = officer.post(reverse("customers:reveal", args=[ann.pk]), {"reason": reason})
    assert "Ann Example" not in answer.content.decode()
    assert not AccessLog.objects.exists()


def test_who_may_not_unmask_gets_nothing_by_asking_directly(marketer, ann):
    answer = marketer.post(reverse("customers:reveal", args=[ann.pk]), {"reason": "just curious"})
    assert answer.status_code == 403
    assert not AccessLog.objects.exists()


def test_a_look_by_a_link_reveals_nothing(officer, ann):
    assert officer.get(reverse("customers:reveal", args=[ann.pk])).status_code == 405


@pytest.mark.parametrize("name", ["customers:list", "imports:list", "imports:new"])
def test_pages_ask_for_a_sign_in_and_for_the_right(client, django_user_model, name):
    assert client.get(reverse(name)).url.startswith(reverse("login"))
    client.force_login(django_user_model.objects.create_user("nobody"))
    assert client.get(reverse(name)).status_code == 403
