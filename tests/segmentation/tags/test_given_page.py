"""The page of values given by hand."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext

from customers.models import Customer
from segmentation.errors import SegmentationError
from segmentation.tags import services
from segmentation.tags.given_views import NO_VALUE
from segmentation.tags.giving import give_value
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
    for wrong in ({"customer": "nobody"}, {"reason": ""}, {"until": "2001-01-01"}, {"value": "tin"}, {"value": ""}):
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


def test_no_value_at_all_is_a_choice_of_its_own_and_never_the_one_made_beforehand(client, tag):
    sign_in(client, "operator")
    page = reverse("segmentation:given_values", args=["vip"])
    choices = client.get(page).context["form"].fields["value"].choices
    assert choices[0][0] == ""
    assert choices[-1][0] == NO_VALUE
    assert client.post(page, {"customer": "ann", "value": NO_VALUE, "reason": "asked us"}).status_code == 302
    assert tag.given_values.get().value == ""


def test_a_retired_value_is_not_offered_and_not_taken(client, tag):
    value = tag.values.get()
    value.detail = {**value.detail, "retired": True}
    value.save()
    sign_in(client, "operator")
    page = reverse("segmentation:given_values", args=["vip"])
    assert "vip" not in dict(client.get(page).context["form"].fields["value"].choices)
    with pytest.raises(SegmentationError) as refused:
        give_value(tag=tag, customer=Customer.objects.get(), value="vip", reason="x", by=None)
    assert (refused.value.code, refused.value.where) == ("retired_value", "value")


def test_a_draft_is_said_to_be_not_computed(client, tag):
    sign_in(client, "operator")
    page = client.get(reverse("segmentation:tag_detail", args=["vip"]))
    told = gettext("Version %(number)s is a draft: nothing is computed from it yet, and no customer has a value by it.")
    assert told % {"number": 1} in page.text
    assert gettext("Every customer has at most one value; the first that fits wins.") not in page.text
    description = page.context["kind_description"]
    assert gettext("%(description)s.") % {"description": description} in page.text
