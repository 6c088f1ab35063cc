"""Runs in the back office: read, replayed and cancelled there, by those who may."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from segmentation.runs import services
from segmentation.runs.models import Run
from segtag_site.roles import assign_role, ensure_roles

pytestmark = pytest.mark.django_db
LIST = "admin:segmentation_run_changelist"


@pytest.fixture
def signed_in(client: Client) -> Callable[[str], Client]:
    def sign_in(role: str) -> Client:
        ensure_roles()
        user = User.objects.create(username=role)
        assign_role(user=user, key=role)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def run() -> Run:
    return services.request_run(kind="lake.sync", params={"k": 1})


def act(client: Client, action: str, run: Run) -> None:
    response = client.post(reverse(LIST), {"action": action, "_selected_action": [str(run.pk)]})
    assert response.status_code == 302


def test_an_operator_replays_a_run(signed_in, run: Run, django_capture_on_commit_callbacks):
    services.cancel(run=run)

    with django_capture_on_commit_callbacks() as bells:
        act(signed_in("operator"), "replay", run)

    again = Run.objects.exclude(pk=run.pk).get()
    assert (again.kind, again.params, again.requested_by.username) == ("lake.sync", {"k": 1}, "operator")
    assert len(bells) == 1


def test_an_operator_cancels_what_is_active_and_the_rest_is_left(signed_in, run: Run):
    client = signed_in("operator")

    act(client, "cancel", run)
    act(client, "cancel", run)

    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED


def test_a_reviewer_may_start_runs_but_cancel_none(signed_in, run: Run):
    page = signed_in("reviewer").get(reverse(LIST)).content.decode()

    assert 'value="replay"' in page
    assert 'value="cancel"' not in page


def test_nobody_edits_a_run(signed_in, run: Run):
    client = signed_in("administrator")

    change = client.post(reverse("admin:segmentation_run_change", args=[run.pk]), {"state": "succeeded"})

    assert change.status_code == 403
    assert client.get(reverse("admin:segmentation_run_add")).status_code == 403
