"""The Celery app and its timetable: the nightly flow, in order."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segtag_site.settings")

app = Celery("segtag")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["customers", "segmentation"])

app.conf.beat_schedule = {
    "sweep-runs": {"task": "segmentation.sweep_runs", "schedule": 10.0},
    "nightly-flow": {"task": "segmentation.nightly_flow", "schedule": crontab(hour=2, minute=0)},
}
