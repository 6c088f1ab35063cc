"""Runs of a kind of the tests, asked for and left behind."""

from datetime import timedelta

from django.db.models.functions import Now

from segmentation.runs import services
from segmentation.runs.models import Run


def requested(**changes) -> Run:
    return services.request_run(**{"kind": "tests.answer", "subject": "vip"} | changes)


def outdated(run: Run) -> None:
    """As if its worker had been silent for longer than the lease."""
    Run.objects.filter(pk=run.pk).update(lease_until=Now() - timedelta(seconds=1))
