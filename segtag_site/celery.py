"""The Celery app and its timetable: the nightly flow, the lake's tidying, and the sweeps that forget nothing."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

from segmentation.runs.timetable import NIGHTLY

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segtag_site.settings")

app = Celery("segtag")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["customers", "segmentation"])

app.conf.beat_schedule = {
    "sweep-runs": {"task": "segmentation.sweep_runs", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-imports": {"task": "customers.sweep_imports", "schedule": 30.0, "options": {"expires": 30}},
    "find-duplicates": {"task": "customers.find_duplicates", "schedule": crontab(hour=4, minute=0, day_of_week="sun")},
    "request-due": {"task": "segmentation.request_due", "schedule": crontab(), "options": {"expires": 50}},
    "nightly-flow": {"task": "segmentation.nightly_flow", "schedule": crontab(NIGHTLY.minute, NIGHTLY.hour)},
    "refresh-live": {"task": "segmentation.refresh_live", "schedule": 5.0, "options": {"expires": 5}},
    "tidy-live": {"task": "segmentation.tidy_live", "schedule": crontab(hour=5, minute=40)},
    "send-webhooks": {"task": "segmentation.send_webhooks", "schedule": 5.0, "options": {"expires": 5}},
    "tidy-webhooks": {"task": "segmentation.tidy_webhooks", "schedule": crontab(hour=5, minute=30)},
    "tidy-exports": {"task": "segmentation.tidy_exports", "schedule": crontab(hour=4, minute=30)},
    # After the nightly flow, which still may use it.
    "retain": {"task": "segmentation.retain", "schedule": crontab(hour=4, minute=45)},
    "tidy-lake": {"task": "segmentation.tidy_lake", "schedule": crontab(hour=5, minute=0)},
}


@worker_ready.connect
def sweep_at_start(**_: object) -> None:
    """A worker that comes back looks first for what was left lying."""
    app.send_task("segmentation.sweep_runs", expires=10)
