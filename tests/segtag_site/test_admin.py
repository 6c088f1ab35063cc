"""The back office: its policy, its sidebar, its users."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse

from segtag_site.navigation import ADMIN_GROUPS
from segtag_site.roles import assign_role, ensure_roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = User.objects.create_superuser("root")
    client.force_login(user)
    return user


def script_policy(response) -> str:
    directives = response["Content-Security-Policy"].split("; ")
    return next(d for d in directives if d.startswith("script-src "))


def test_only_the_back_office_may_evaluate_expressions(client, administrator):
    assert "'unsafe-eval'" in script_policy(client.get(reverse("admin:index")))
    page = script_policy(client.get(reverse("dashboard")))
    assert page == "script-src 'self'"


def test_every_model_of_the_back_office_stands_in_its_sidebar(administrator):
    registered = {model._meta.label_lower for model in admin.site._registry} - {"auth.permission"}
    assert registered <= {name for _, models in ADMIN_GROUPS for name in models}


def test_an_operator_sees_no_users_in_the_back_office(client):
    ensure_roles()
    user = User.objects.create_user("operator")
    assign_role(user=user, key="operator")
    client.force_login(user)
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403


@pytest.mark.parametrize("page", ["changelist", "add"])
@pytest.mark.parametrize("model", ["user", "group"])
def test_users_and_groups_open(client, administrator, model, page):
    assert client.get(reverse(f"admin:auth_{model}_{page}")).status_code == 200


def test_a_user_can_be_made_and_given_a_role_but_no_single_right(client, administrator):
    ensure_roles()
    page = client.get(reverse("admin:auth_user_change", args=[administrator.pk])).content.decode()
    assert 'name="groups"' in page
    assert 'name="user_permissions"' not in page
