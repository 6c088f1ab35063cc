"""The back office: its policy, its sidebar, its users."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from unfold.admin import ModelAdmin

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


REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("page", ["changelist", "add"])
@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label_lower)
def test_every_page_of_the_back_office_opens_or_is_refused(client, administrator, model, page):
    answer = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"))
    assert answer.status_code == 200 or (page == "add" and answer.status_code == 403)


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label_lower)
def test_every_page_of_the_back_office_is_in_the_themes_clothes(model):
    assert isinstance(admin.site._registry[model], ModelAdmin)


def test_a_user_can_be_made_and_given_a_role_but_no_single_right(client, administrator):
    ensure_roles()
    page = client.get(reverse("admin:auth_user_change", args=[administrator.pk])).content.decode()
    assert 'name="groups"' in page
    assert 'name="user_permissions"' not in page


def test_who_may_not_enter_is_told_so_and_never_asked_for_a_password_twice(client):
    ensure_roles()
    viewer = User.objects.create_user("viewer")
    assign_role(user=viewer, key="viewer")

    stranger = client.get(reverse("admin:index"), follow=True)
    assert stranger.redirect_chain[-1][0] == "/login/?next=/admin/"
    client.force_login(viewer)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403
