"""A delivery whose worker is killed between two parcels, or before one is noted: each customer is sent once."""

import json

import pytest
from django.contrib.auth.models import User

from segmentation.activation import planning
from segmentation.activation.delivery_models import Delivery
from segmentation.activation.services import ExportOptions
from segmentation.audiences import services
from segmentation.audiences.selectors import audience_by_key
from segmentation.runs.executor import execute
from segmentation.webhooks.signing import new_secret
from tests.campaign import ALL, open_shop, run
from tests.segmentation.webhooks.receiver import receiving
from tests.workers import Process, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Killed once the second parcel is acknowledged: before that is written down, or right after.
POINTS = {"before it is noted": "before = True", "after it was noted": "before = False"}
EXECUTE = """
import os, signal, sys, uuid, django
from datetime import timedelta
django.setup()
from django.conf import settings
from segmentation.activation import delivering
from segmentation.activation.destinations.webhook import Webhook
from segmentation.runs import claims
from segmentation.runs.executor import execute
from segmentation import handlers

settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
claims.LEASE = timedelta(seconds=0.5)
Webhook.parcel_size = 5
exec(sys.argv[2])
note, noted = delivering._note, []

def dying(*given):
    noted.append(1)
    if before and len(noted) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    note(*given)
    if len(noted) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

delivering._note = dying
execute(uuid.UUID(sys.argv[1]))
"""


def test_after_a_kill_a_delivery_goes_on_and_nobody_is_sent_twice(settings, tmp_path, processes, monkeypatch):
    settings.LAKE_DIR, settings.WEBHOOK_NETWORKS = tmp_path / "lake", ["127.0.0.0/8"]
    monkeypatch.setattr("segmentation.activation.destinations.webhook.Webhook.parcel_size", 5)
    open_shop()
    root = User.objects.create_superuser("root")
    audience = services.create_audience(by=None, name="Spring", channel="email", include=ALL)
    run(services.request_freeze(audience=audience, by=None))
    version = audience_by_key("spring").frozen_version
    for point, crash in POINTS.items():
        with receiving() as receiver:
            plan = planning.create_plan(
                audience=audience_by_key("spring"), destination="webhook", options=ExportOptions(), by=root,
                told={"url": receiver.url, "secret": new_secret()}, name=point,
            )  # fmt: skip
            asked = planning.request_delivery(plan=plan)
            processes.append(Process("-c", EXECUTE, str(asked.pk), crash))
            assert processes[-1].popen.wait(60) == -9, f"{point}: {processes[-1].said()}"
            wait_until(lambda asked=asked: execute(asked.pk), what=f"{point}: the run was not taken over")
            came = [(told["webhook-id"], body) for told, body in receiver.came]
        asked.refresh_from_db()
        assert (asked.state, asked.attempt) == ("succeeded", 2), (point, asked.error)
        once = dict(came)  # a receiver drops what it has already, by its id
        assert len(came) - len(once) == (1 if point.startswith("before") else 0), point
        sent = [row["external_id"] for body in once.values() for row in json.loads(body)["customers"]]
        assert len(sent) == len(set(sent)) == version.reached.size, point
        assert Delivery.objects.get(plan=plan).counts["added"] == version.reached.size
