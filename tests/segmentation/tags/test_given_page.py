"""The page of values given by hand."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from customers.models import Customer
from segmentation.tags import services
from segmentation.tags.models import Tag
from segtag_site.roles import assign_role, ensure_roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def tag() -> Tag:
    ensure_roles()
    Customer.objects.create(external_id="ann", first_seen_at="2026-01-01T00:00Z")
    folder = services.create_category(key="c", name_zh="类", name_en="C")
    names = {"names": [{"key": "vip", "zh": "贵宾", "en": "VIP"}]}
    return services.create_tag(key="vip", kind="manual", definition=names, category=folder, name_zh="贵宾", name_en="V")


def sign_in(client, role):
    user = User.objects.create_user(role)
    assign_role(user=user, key=role)
    client.force_login(user)


def test_an_operator_gives_a_value_with_reason_and_end_and_withdraws_it(client, tag):
    sign_in(client, "operator")
    page = reverse("segmentation:given_values", args=["vip"])
    form = {"customer": "ann", "value": "vip", "reason": "called us", "until": "2099-12-31"}
    assert client.post(page, form).status_code == 302
    given = tag.given_values.get()
    assert (given.reason, given.by.username, given.until.year) == ("called us", "operator", 2099)
    for wrong in ({"customer": "nobody"}, {"reason": ""}, {"until": "2001-01-01"}, {"value": "tin"}):
        answer = client.post(page, form | wrong)
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == set(wrong)
    client.post(reverse("segmentation:given_withdraw", args=["vip", given.pk]))
    given.refresh_from_db()
    assert given.until.year < 2099
    assert "disabled" not in client.get(page).text


def test_a_viewer_reads_and_gives_nothing(client, tag):
    sign_in(client, "viewer")
    page = reverse("segmentation:given_values", args=["vip"])
    assert client.post(page, {"customer": "ann", "value": "vip", "reason": "x"}).status_code == 403
    assert not client.get(page).context["may_give"]
    assert not tag.given_values.exists()
    assert client.post(reverse("segmentation:given_withdraw", args=["vip", 1])).status_code == 403
