"""Audiences and exports in the back office."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from customers.models import AccessLog, Customer
from segmentation.activation.services import ExportOptions, request_export
from segmentation.audiences import services
from segmentation.audiences.models import Audience
from segmentation.audiences.selectors import audience_by_key
from tests.campaign import ALL, from_city, rule, run, shared_shop


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker, tmp_path_factory):
    with shared_shop(tmp_path_factory.mktemp("shop"), django_db_blocker):
        root = User.objects.create_superuser("root")
        for key in ("spring", "draft"):
            services.create_audience(by=root, key=key, name=key, channel="email", include=ALL)
        run(services.request_freeze(audience=audience_by_key("spring"), by=root))
        version = audience_by_key("spring").frozen_version
        run(request_export(version=version, options=ExportOptions(), by=root))
        yield


@pytest.fixture
def office(_shop, db) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="root"))
    return client


def form(**changes) -> dict[str, str]:
    plan = {"key": "summer", "name": "Summer", "purpose": "marketing", "channel": "email", "holdout_percent": "10"}
    return plan | {"include": json.dumps(ALL), "exclude": "null"} | changes


@pytest.mark.parametrize("model", ["audience", "audienceversion", "export"])
def test_lists_and_pages_open(office, model):
    listed = office.get(reverse(f"admin:segmentation_{model}_changelist"))
    assert listed.status_code == 200
    for row in listed.context["cl"].result_list:
        assert office.get(reverse(f"admin:segmentation_{model}_change", args=[row.pk])).status_code == 200


def test_an_audience_is_planned_by_the_same_service_as_everywhere(office):
    answer = office.post(reverse("admin:segmentation_audience_add"), form(exclude=json.dumps(from_city("杭州"))))
    assert answer.status_code == 302, answer.context["errors"]
    made = audience_by_key("summer")
    assert made.exclude["timezone"], "the rule is saved in its canonical form"
    assert made.owner.username == "root"
    assert AccessLog.objects.filter(action="audience.create", object_key="summer").exists()


def test_a_draft_is_changed_by_the_same_service_as_everywhere(office):
    draft = audience_by_key("draft")
    answer = office.post(reverse("admin:segmentation_audience_change", args=[draft.pk]), form(name="Renamed"))
    assert answer.status_code == 302, answer.context["errors"]
    assert audience_by_key("draft").name == "Renamed"
    assert AccessLog.objects.filter(action="audience.update", object_key="draft").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("exclude", json.dumps(rule({"trait": "ctiy", "op": "is", "value": "x"}))), ("holdout_percent", "51")],
)
def test_what_makes_no_sense_is_told_at_its_field(office, field, value):
    answer = office.post(reverse("admin:segmentation_audience_add"), form(**{field: value}))
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not Audience.objects.filter(key="summer").exists()


def test_what_is_frozen_can_only_be_looked_at(office):
    spring = audience_by_key("spring")
    office.post(reverse("admin:segmentation_audience_change", args=[spring.pk]), form(name="Renamed"))
    assert audience_by_key("spring").name == "spring"
    for model, pk in (
        ("audienceversion", spring.frozen_version.pk),
        ("export", spring.frozen_version.exports.get().pk),
    ):
        assert office.post(reverse(f"admin:segmentation_{model}_change", args=[pk]), {}).status_code == 403
        assert office.post(reverse(f"admin:segmentation_{model}_delete", args=[pk]), {}).status_code == 403
    assert Customer.objects.exists()
