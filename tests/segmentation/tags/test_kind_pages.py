"""The pages of the kinds of tags."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from segmentation.tags.loading import all_kinds
from segtag_site.roles import assign_role, ensure_roles

pytestmark = pytest.mark.django_db


def test_every_kind_has_a_page_with_its_example(client):
    ensure_roles()
    user = User.objects.create_user("vera")
    assign_role(user=user, key="viewer")
    client.force_login(user)
    listed = client.get(reverse("segmentation:kind_list")).text
    for key, kind in all_kinds().items():
        page = reverse("segmentation:kind_detail", args=[key])
        assert page in listed
        told = client.get(page).context["customers"]
        assert [value for _who, value in told] == [value.zh for _who, value in kind.example.customers]
    assert client.get(reverse("segmentation:kind_detail", args=["none"])).status_code == 404
