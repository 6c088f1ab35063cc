"""Two customers are made one on the page of one of them, and two again."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import identities
from customers.models import Customer, MergeLog
from tests.segtag_site.shop import user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> tuple[Customer, Customer]:
    found = identities.resolve({"ann": timezone.now(), "bea": timezone.now()})
    return Customer.objects.get(pk=found["ann"]), Customer.objects.get(pk=found["bea"])


def browser(role: str) -> Client:
    client = Client()
    client.force_login(user_of(role))
    return client


def test_an_operator_merges_and_separates(pair):
    ann, bea = pair
    client = browser("operator")
    page = reverse("customers:detail", args=[ann.pk])
    assert reverse("customers:merge", args=[ann.pk]) in client.get(page).content.decode()
    assert client.post(reverse("customers:merge", args=[ann.pk]), {"other": "bea"}).status_code == 302
    bea.refresh_from_db()
    assert bea.merged_into == ann
    shown = client.get(reverse("customers:detail", args=[bea.pk])).content.decode()
    assert reverse("customers:separate", args=[bea.pk]) in shown
    client.post(reverse("customers:separate", args=[bea.pk]))
    bea.refresh_from_db()
    assert bea.merged_into is None
    assert MergeLog.objects.count() == 2


@pytest.mark.parametrize("other", ["", "nobody", "ann"])
def test_who_is_not_there_or_the_same_changes_nothing(pair, other):
    assert browser("operator").post(reverse("customers:merge", args=[pair[0].pk]), {"other": other}).status_code == 302
    assert not MergeLog.objects.exists()


def test_a_viewer_may_not(pair):
    client = browser("viewer")
    assert client.post(reverse("customers:merge", args=[pair[0].pk]), {"other": "bea"}).status_code == 403
    page = client.get(reverse("customers:detail", args=[pair[0].pk])).content.decode()
    assert reverse("customers:merge", args=[pair[0].pk]) not in page
