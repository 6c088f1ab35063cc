"""Changes to delivery plans: make one, send it now, pause it, find those that are due."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from customers.privacy import access_log
from customers.privacy.crypto import decrypt, encrypt
from segmentation.activation.delivery_models import Delivery, DeliveryPlan
from segmentation.activation.loading import destination_of
from segmentation.activation.services import ExportOptions, checked_options
from segmentation.audiences.models import Audience
from segmentation.errors import SegmentationError
from segmentation.people import Person, user_of
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.runs.timetable import Cron

KIND = "activation.deliver"


def create_plan(
    *,
    audience: Audience,
    destination: str,
    told: dict[str, Any],
    options: ExportOptions,
    by: Person,
    **plan: Any,
) -> DeliveryPlan:
    """A plan that is ready to be sent. `told` is what the destination asks for; its secret is kept encrypted."""
    options = checked_options(options, by=by)
    wanted = {one.key: one for one in destination_of(destination).settings}
    for key, one in wanted.items():
        if not one.is_optional and not str(told.get(key, "")).strip():
            raise SegmentationError(_("This is needed."), code="setting_missing", where=key)
    open_settings = {key: str(told.get(key, "")).strip() for key, one in wanted.items() if not one.is_secret}
    made = DeliveryPlan(
        audience=audience,
        destination=destination,
        told=open_settings,
        options=asdict(options),
        owner=user_of(by),
        **plan,
    )
    made.full_clean()
    with transaction.atomic():
        made.save()
        secret = next((str(told.get(key, "")).strip() for key, one in wanted.items() if one.is_secret), "")
        made.secret = encrypt(secret, table="delivery", column="secret", row=made.pk)
        made.save(update_fields=["secret"])
        _log(made, "create", by)
    return made


def settings_of(plan: DeliveryPlan) -> dict[str, Any]:
    """All that the destination has to know, the secret in the clear: for the run alone."""
    secret = decrypt(plan.secret, table="delivery", column="secret", row=plan.pk)
    house = {"smtp": settings.SMTP, "from": settings.MAIL_FROM, "networks": settings.WEBHOOK_NETWORKS}
    return {**plan.told, "secret": secret, **house}


def request_delivery(*, plan: DeliveryPlan, by: Person = None) -> Run:
    """The run that will send it; the caller rings for it."""
    return request_run(kind=KIND, subject=str(plan.pk), by=by)


def set_active(*, plan: DeliveryPlan, active: bool, by: Person) -> None:
    """Whether its timetable counts."""
    plan.active = active
    with transaction.atomic():
        plan.save(update_fields=["active"])
        _log(plan, "resume" if active else "pause", by)


def due_plans(now: datetime) -> list[DeliveryPlan]:
    """Those whose timetable named a moment since they were last asked for; once, also after a long standstill."""
    plans = DeliveryPlan.objects.filter(active=True, audience__binned_at=None)
    found = []
    for plan in plans.exclude(schedule=DeliveryPlan.Schedule.MANUAL):
        last = Run.objects.filter(kind=KIND, subject=str(plan.pk)).order_by("-requested_at").first()
        due = Cron.read(plan.timetable).next_after(last.requested_at if last else plan.created_at, settings.TIME_ZONE)
        if due is not None and due <= now:
            found.append(plan)
    return found


def delivery_of(run: Run) -> Delivery | None:
    """The delivery that this run began, if it came so far."""
    return Delivery.objects.select_related("version__reached", "plan__audience").filter(run=run).first()


def _log(plan: DeliveryPlan, action: str, by: Person) -> None:
    access_log.record(
        actor=user_of(by),
        action=f"delivery.{action}",
        object_kind="delivery",
        object_key=str(plan.pk),
        detail={"audience": plan.audience.key, "destination": plan.destination, "columns": plan.options["columns"]},
    )
