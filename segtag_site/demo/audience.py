"""The demo's audiences: customers about to be lost, less a tenth, frozen and exported; and a check of the results."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.db.models import Max

from customers.ingest.order_events import COMPLETED
from customers.models import Event
from segmentation import flow
from segmentation.activation.services import ExportOptions, request_export
from segmentation.audiences.models import Audience
from segmentation.audiences.services import create_audience, request_freeze
from segmentation.measurement.models import Measurement
from segmentation.measurement.services import measure, request_look
from segmentation.runs.models import Run

KEY = "demo-win-back"
NAME = "唤回邮件 · Win-back e-mail"
INCLUDE = {
    "version": 1,
    "base": {"population": "all"},
    "rule": {"any": [{"segment": "win-back"}, {"segment": "churn-risk"}]},
}
EXCLUDE = {
    "version": 1,
    "base": {"population": "all"},
    "rule": {"tag": "campaign-pressure", "op": "is", "value": "heavy"},
}
CHECK = "demo-aa-check"
# Fixed, so that every demo draws the same lots.
CHECK_SALT = uuid5(NAMESPACE_URL, CHECK)
CHECK_DAYS = 14
CHECK_NAME = "A/A 校验（未发送） · A/A check (nothing sent)"
EVERYBODY = {
    "version": 1,
    "base": {"population": "all"},
    "rule": {"feature": "frequency", "op": "at_least", "value": 1},
}
EXPORTED = ExportOptions(
    columns=("external_id", "name", "email", "tag:lifecycle-stage", "tag:rfm-group"), language="zh-hans", bom=True
)


def make_audience() -> None:
    """The audience with its export, from wherever an earlier start was interrupted."""
    by = User.objects.get(username="marketer")
    audience = Audience.objects.filter(key=KEY).first() or create_audience(
        key=KEY, by=by, name=NAME, purpose="marketing", channel="email", include=INCLUDE, exclude=EXCLUDE
    )
    if audience.frozen_version is None:
        _succeed(request_freeze(audience=audience, by=by))
        audience.refresh_from_db()
    version = audience.frozen_version
    if version and not version.exports.exists():
        _succeed(request_export(version=version, options=EXPORTED, by=by))


def make_check() -> None:
    """An A/A check: half are held out of a campaign that was never sent, so what it "brought" is chance.

    With other lots 2 to 4 of 100 such checks find an effect all the same, as intervals of 95 % may.
    """
    by = User.objects.get(username="marketer")
    audience = Audience.objects.filter(key=CHECK).first() or create_audience(
        key=CHECK,
        salt=CHECK_SALT,
        by=by,
        name=CHECK_NAME,
        purpose="marketing",
        channel="email",
        include=EVERYBODY,
        holdout_percent=50,
    )
    if audience.frozen_version is None:
        _succeed(request_freeze(audience=audience, by=by))
        audience.refresh_from_db()
    version = audience.frozen_version
    if version and not Measurement.objects.filter(version=version).exists():
        newest = Event.objects.filter(name=COMPLETED).aggregate(Max("time"))["time__max"]
        measure(version=version, start=newest - timedelta(days=CHECK_DAYS), days=CHECK_DAYS, by=by)
    measurement = Measurement.objects.get(version=version)
    if not measurement.looks.exists():
        _succeed(request_look(measurement=measurement, by=by))


def _succeed(run: Run) -> None:
    ended = flow.finished(run)
    if ended.state != Run.State.SUCCEEDED:
        raise CommandError(f"{ended} ended {ended.state}: {ended.error}")
