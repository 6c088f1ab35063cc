"""The six roles."""

import pytest
from django.contrib.auth.models import Group, User

from segtag_site.roles import ROLES, assign_role, ensure_roles

pytestmark = pytest.mark.django_db


def user_in(role: str) -> User:
    user = User.objects.create_user(username=role, password="x")
    assign_role(user=user, key=role)
    return User.objects.get(pk=user.pk)


def test_making_the_roles_twice_changes_nothing():
    ensure_roles()
    first = {g.name: set(g.permissions.values_list("codename", flat=True)) for g in Group.objects.all()}
    ensure_roles()
    second = {g.name: set(g.permissions.values_list("codename", flat=True)) for g in Group.objects.all()}
    assert first == second
    assert set(first) == {role.key for role in ROLES}


def test_a_permission_added_by_hand_is_taken_back():
    ensure_roles()
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.add(*Group.objects.get(name="administrator").permissions.all())
    ensure_roles()
    assert not viewer.permissions.filter(codename="unmask_customer").exists()


def test_only_the_privacy_officer_and_the_administrator_see_unmasked_identities():
    ensure_roles()
    able = {role.key for role in ROLES if user_in(role.key).has_perm("customers.unmask_customer")}
    assert able == {"privacy-officer", "administrator"}


def test_marketers_make_segments_and_audiences_but_publish_no_tags():
    ensure_roles()
    marketer = user_in("marketer")
    assert marketer.has_perms(["segmentation.add_segment", "segmentation.freeze_audience"])
    assert not marketer.has_perm("segmentation.publish_tag")


def test_a_user_has_one_role_and_only_some_enter_the_back_office():
    ensure_roles()
    user = user_in("operator")
    assert user.is_staff
    assign_role(user=user, key="viewer")
    user.refresh_from_db()
    assert not user.is_staff
    assert list(user.groups.values_list("name", flat=True)) == ["viewer"]
