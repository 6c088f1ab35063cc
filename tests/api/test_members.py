"""Members of a set, page by page, while runs publish new versions."""

import pytest

from customers.models import Customer
from segmentation.audiences.waterfall import STEP_NAMES
from segmentation.sets.models import SetVersion
from tests.api.conftest import publish_segment

MEMBERS = "/api/v1/segments/shanghai/members"


def walk(client, url: str, *, after_each_page=lambda: None) -> list[dict]:
    pages = []
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.content
        pages.append(answer.json())
        url = pages[-1]["next"]
        after_each_page()
    return pages


def ids(pages: list[dict]) -> list[int]:
    return [row["id"] for page in pages for row in page["results"]]


@pytest.mark.parametrize("size", [1, 3, 10, 11, 1000])
def test_the_pages_together_are_the_set_each_member_once_and_in_order(shop, client, size):
    expected = sorted(customer.pk for customer in shop if customer.traits["city"] == "上海")
    pages = walk(client, f"{MEMBERS}?page_size={size}")
    assert ids(pages) == expected
    assert {page["size"] for page in pages} == {len(expected)}
    assert all(len(page["results"]) == size for page in pages[:-1])


def test_a_walk_during_recomputations_stays_in_one_version(shop, client):
    expected = sorted(customer.pk for customer in shop if customer.traits["city"] == "上海")
    everybody = [customer.pk for customer in shop]
    rounds = iter(range(100))

    pages = walk(client, f"{MEMBERS}?page_size=2", after_each_page=lambda: publish_segment(everybody[next(rounds) :]))

    assert ids(pages) == expected
    assert {page["version"] for page in pages} == {1}
    assert walk(client, MEMBERS)[0]["version"] == 1 + len(pages)


def test_a_customer_erased_during_the_walk_is_left_out(shop, client):
    first = client.get(f"{MEMBERS}?page_size=2").json()
    erased = Customer.objects.filter(pk__gt=first["results"][-1]["id"], traits__city="上海").order_by("pk").first()
    Customer.objects.filter(pk=erased.pk).delete()
    assert erased.pk not in ids(walk(client, first["next"]))


@pytest.mark.parametrize("cursor", ["x", "1", "-", "1-", "-1", "1-1-1", "１-１", "1e3-2", "9" * 30 + "-1", "0-0"])
def test_a_cursor_that_we_did_not_give_is_refused_by_name(shop, client, cursor):
    answer = client.get(MEMBERS, {"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "cursor"


def test_a_cursor_of_another_set_is_refused(shop, client):
    other = SetVersion.objects.filter(named_set__key="level").first()
    assert client.get(MEMBERS, {"cursor": f"{other.pk}-0"}).status_code == 400


@pytest.mark.parametrize("size", ["0", "-1", "1001", "many", "", "1.5"])
def test_a_page_size_that_makes_no_sense_is_refused_by_name(shop, client, size):
    for path in (MEMBERS, "/api/v1/customers", "/api/v1/runs"):
        answer = client.get(path, {"page_size": size})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == "page_size"


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "bz0tMQ==", "%ff"])
def test_a_cursor_of_rows_that_we_did_not_give_is_refused_too(shop, client, cursor):
    for path in ("/api/v1/customers", "/api/v1/runs"):
        answer = client.get(path, {"cursor": cursor})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["attr"] == "cursor"


def test_pages_of_customers_follow_on_each_other(shop, client):
    found, url = [], "/api/v1/customers?page_size=7"
    while url:
        page = client.get(url).json()
        found += [row["external_id"] for row in page["results"]]
        url = page["next"]
    assert found == [customer.external_id for customer in shop]


def test_values_of_tags_and_steps_of_audiences_have_members_too(shop, client):
    gold = client.get("/api/v1/tags/level/values/gold/members").json()
    assert [row["id"] for row in gold["results"]] == [customer.pk for customer in shop[:20]]
    steps = {
        step: {row["id"] for row in client.get(f"/api/v1/audiences/spring/members?step={step}").json()["results"]}
        for step in STEP_NAMES
    }
    assert steps["matched"] == {customer.pk for customer in shop}
    assert steps["reached"] == steps["matched"] - steps["excluded"] - steps["no_consent"] - steps["holdout"]
    assert client.get("/api/v1/audiences/spring/members").json()["size"] == len(steps["reached"])


def test_what_was_not_computed_yet_is_a_conflict(shop, client):
    answer = client.get("/api/v1/audiences/draft/members")
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "not_frozen"
