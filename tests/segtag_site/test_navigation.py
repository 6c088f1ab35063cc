"""The menu: the flow's order, and only what one may open."""

import pytest
from django.urls import reverse

from segtag_site.navigation import GROUPS, menu
from segtag_site.roles import ROLES
from tests.segtag_site.shop import user_of

pytestmark = pytest.mark.django_db

IN_ORDER = [
    "dashboard",
    "intake:overview",
    "imports:list",
    "customers:list",
    "segmentation:tag_list",
    "segmentation:cluster_list",
    "segmentation:product_list",
    "segmentation:segment_list",
    "segmentation:health",
    "segmentation:review_list",
    "segmentation:playbook_list",
    "segmentation:audience_list",
    "segmentation:delivery_list",
    "segmentation:contact_rules",
    "segmentation:result_list",
    "segmentation:run_list",
    "segmentation:erasure_list",
    "segmentation:bin_list",
    "segmentation:webhook_list",
    "api-docs",
]


def entries(rf, user, path: str = "/") -> list[dict]:
    request = rf.get(path)
    request.user = user
    return [entry for group in menu(request) for entry in group["entries"]]


def test_the_menu_has_the_order_of_the_flow():
    assert [entry.route for group in GROUPS for entry in group.entries] == IN_ORDER


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_every_entry_that_a_role_sees_opens(client, rf, role):
    user = user_of(role)
    client.force_login(user)
    for entry in entries(rf, user):
        assert client.get(entry["url"]).status_code == 200, entry["url"]


def test_who_has_no_right_sees_the_overview_alone(rf, django_user_model):
    nobody = django_user_model.objects.create_user("nobody")
    assert [entry["url"] for entry in entries(rf, nobody)] == [reverse("dashboard")]


def test_a_page_below_an_entry_marks_that_entry_and_no_other(rf):
    marked = [entry["url"] for entry in entries(rf, user_of("viewer"), "/customers/7/") if entry["active"]]
    assert marked == [reverse("customers:list")]
