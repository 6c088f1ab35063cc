"""The pages of the webhooks."""

import pytest
from django.test import Client
from django.urls import reverse

from segmentation.webhooks.models import WebhookEndpoint, WebhookMessage
from tests.segtag_site.shop import user_of

pytestmark = pytest.mark.django_db
WISH = {"name": "CRM", "url": "https://crm.example/hook", "kinds": ["run.failed"], "subjects": ""}


def browser(role: str) -> Client:
    client = Client()
    client.force_login(user_of(role))
    return client


def test_an_operator_makes_one_sees_its_secret_once_and_tests_it():
    client = browser("operator")
    made = client.post(reverse("segmentation:webhook_new"), WISH)
    endpoint = WebhookEndpoint.objects.get()
    assert "whsec_" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    detail = reverse("segmentation:webhook_detail", args=[endpoint.pk])
    assert "whsec_" not in client.get(detail).content.decode()
    act = reverse("segmentation:webhook_act", args=[endpoint.pk])
    assert client.post(act, {"act": "test"}).status_code == 302
    assert WebhookMessage.objects.get().kind == "test"
    assert "whsec_" in client.post(act, {"act": "secret"}).content.decode()
    again = reverse("segmentation:message_again", args=[endpoint.pk])
    assert client.post(again, {"message": WebhookMessage.objects.get().pk}).status_code == 302
    edit = reverse("segmentation:webhook_edit", args=[endpoint.pk])
    assert client.post(edit, WISH | {"name": "CRM 2"}).status_code == 302
    for what in ("off", "on", "delete"):
        assert client.post(act, {"act": what}).status_code == 302
    assert not WebhookEndpoint.objects.exists()


def test_an_address_that_is_not_allowed_is_told_at_its_field():
    answer = browser("operator").post(reverse("segmentation:webhook_new"), WISH | {"url": "http://crm.example/"})
    assert answer.context["form"].errors["url"]
    assert not WebhookEndpoint.objects.exists()


def test_a_marketer_sees_nothing_of_it():
    assert browser("marketer").get(reverse("segmentation:webhook_list")).status_code == 403
