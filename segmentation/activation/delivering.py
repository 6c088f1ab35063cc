"""Sends a plan's audience: works out who is new and who is gone, hands them over, and keeps what became of each.

What the destination acknowledged is written down parcel by parcel, guarded by the run's fence. A run whose worker was
killed goes on behind the last one; the parcel it was in is sent again under the same key.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pyroaring import BitMap

from customers.privacy import access_log
from segmentation.activation.columns import Batch, Column, chosen
from segmentation.activation.delivery_models import Delivery, DeliveryOutcome, DeliveryPlan
from segmentation.activation.destinations.base import Batched, NotTaken, Parcel, Shipment, Whole
from segmentation.activation.loading import destination_of
from segmentation.activation.planning import delivery_of, settings_of
from segmentation.activation.services import BATCH, ExportOptions, checked_options, refuse_unreleased
from segmentation.activation.skipping import sendable
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.audiences.services import freeze, plan_of, preview_waterfall
from segmentation.errors import SegmentationError
from segmentation.runs.claims import Claim
from segmentation.safe_csv import Cell
from segmentation.sets import store

ADDED, REMOVED = "added", "removed"


class TryLater(Exception):
    """The destination cannot take it now; the run is tried again."""


@dataclass
class Work:
    """What is left to send, and what became of those who are done with."""

    delivery: Delivery
    columns: list[Column]
    add: BitMap
    remove: BitMap
    skipped: dict[str, BitMap]

    @property
    def plan(self) -> DeliveryPlan:
        return self.delivery.plan


def deliver(claim: Claim) -> dict[str, Any]:
    """All of a delivery, from wherever an earlier attempt of the same run stopped."""
    plan = DeliveryPlan.objects.select_related("audience", "owner").get(pk=int(claim.subject))
    options = _permitted(plan)
    destination = destination_of(plan.destination)
    delivery = delivery_of(claim.run) or _begun(plan, claim)
    refuse_unreleased(delivery.version)
    needed = [*options.columns, *(one for one in destination.needs if one not in options.columns)]
    with translation.override(options.language or settings.LANGUAGE_CODE):
        work = _work(delivery, chosen(needed, named=bool(options.language)))
        try:
            path = _send_whole(claim, work, destination) if isinstance(destination, Whole) else ""
            if isinstance(destination, Batched):
                _send_parcels(claim, work, destination)
        except NotTaken as error:
            if error.again:
                raise TryLater(str(error)) from error
            raise SegmentationError(str(error), code="not_taken") from error
    counts = _counts(work)
    with claim.commit(counts, definition_version=delivery.version.number):
        _finish(work, counts, path)
    return counts


def _permitted(plan: DeliveryPlan) -> ExportOptions:
    if plan.owner is None:
        raise SegmentationError(_("Who planned this delivery has no account any more."), code="not_permitted")
    try:
        return checked_options(ExportOptions(**plan.options), by=plan.owner)
    except PermissionDenied as error:
        raise SegmentationError(str(error), code="not_permitted") from None


def _begun(plan: DeliveryPlan, claim: Claim) -> Delivery:
    """The delivery of this run: of what is frozen, or frozen anew if the plan says so and it was frozen before."""
    audience = plan.audience
    if audience.state == Audience.State.DRAFT or audience.frozen_version is None:
        raise SegmentationError(_("The audience is being edited. Freeze it first."), code="not_frozen")
    fall = None
    if plan.recompute and plan.delivered is not None:
        claim.heartbeat(gettext_noop("Matching customers"), 0, 1)
        fall = preview_waterfall(audience, claim.as_of)
    with transaction.atomic():
        claim.renew()
        version: AudienceVersion = audience.frozen_version
        if fall is not None:
            version = freeze(audience=audience, planned=plan_of(audience), fall=fall, run=claim.run, again=True)
        return Delivery.objects.create(plan=plan, run=claim.run, version=version)


def _work(delivery: Delivery, columns: list[Column]) -> Work:
    sending = sendable(delivery.version)
    done = store.load(delivery.done) if delivery.done else BitMap()
    plan = delivery.plan
    before = store.load(plan.delivered) if plan.delivered and plan.only_changes else BitMap()
    return Work(
        delivery,
        columns,
        add=sending.sent - before - done,
        remove=before - sending.sent if plan.only_changes else BitMap(),
        skipped=dict(sending.skipped),
    )


def _send_whole(claim: Claim, work: Work, destination: Whole) -> str:
    """One shipment, with a first column that says what changed where only changes are sent."""
    marks = work.plan.only_changes
    rows = ((change, *cells) if marks else cells for _id, change, cells in _told(claim, work))
    names = _header(work)
    shipment = Shipment(
        key=claim.run.pk.hex,
        attempt=claim.fence,
        title=f"{work.plan.audience.key}-v{work.delivery.version.number}",
        header=["change", *names] if marks else names,
        rows=rows,
        folder=settings.EXPORT_DIR,
        options={"bom": work.plan.options.get("bom", False)},
        settings=settings_of(work.plan),
    )
    added, removed = BitMap(work.add), BitMap(work.remove)
    receipt = destination.deliver(shipment)
    work.delivery.done = store.dump(added | removed)
    work.plan.delivered = store.dump(_there(work, added, removed))
    return receipt.path


def _send_parcels(claim: Claim, work: Work, destination: Batched) -> None:
    """Parcel by parcel; each acknowledged one is written down before the next is sent."""
    told, parcel = settings_of(work.plan), list[tuple[int, str, Sequence[Cell]]]()
    header, name = _header(work), f"delivery-{work.delivery.pk}"

    def hand_over() -> None:
        first, last = parcel[0], parcel[-1]
        key = f"{name}-{first[1]}-{first[0]}-{last[0]}-{len(parcel)}"
        refused = destination.send(Parcel(key, name, header, tuple(parcel), told))
        _note(claim, work, [(id, change) for id, change, _cells in parcel], refused)
        parcel.clear()

    for row in _told(claim, work):
        if parcel and (len(parcel) >= destination.parcel_size or parcel[0][1] != row[1]):
            hand_over()
        parcel.append(row)
    if parcel:
        hand_over()


def _note(claim: Claim, work: Work, sent: list[tuple[int, str]], refused: Mapping[int, str]) -> None:
    added = BitMap(id for id, change in sent if change == ADDED and id not in refused)
    removed = BitMap(id for id, change in sent if change == REMOVED)
    for id, why in refused.items():
        work.skipped.setdefault(why, BitMap()).add(id)
    delivery, plan = work.delivery, work.plan
    done = store.load(delivery.done) if delivery.done else BitMap()
    delivery.done = store.dump(done | BitMap(id for id, _change in sent))
    plan.delivered = store.dump(_there(work, added, removed))
    with transaction.atomic():
        claim.renew()
        delivery.save(update_fields=["done"])
        plan.save(update_fields=["delivered"])
        _add_outcome(delivery, ADDED, added)
        _add_outcome(delivery, REMOVED, removed)
        for why in set(refused.values()):
            _add_outcome(delivery, why, BitMap(id for id, reason in refused.items() if reason == why))


def _there(work: Work, added: BitMap, removed: BitMap) -> BitMap:
    """Whom the destination has now."""
    before = store.load(work.plan.delivered) if work.plan.delivered else BitMap()
    return (before | added) - removed


def _told(claim: Claim, work: Work) -> Iterator[tuple[int, str, Sequence[Cell]]]:
    """Everybody to be sent with what is told of them; of those who are gone nothing but the number."""
    total, count, phase = len(work.add) + len(work.remove), 0, gettext_noop("Sending customers")
    for change, members in ((ADDED, work.add), (REMOVED, work.remove)):
        for start in range(0, len(members), BATCH):
            claim.heartbeat(phase, count, total)
            batch = Batch(list(members[start : start + BATCH]))
            columns = [
                column.cells(batch) if change == ADDED or column.key == "external_id" else [None] * len(batch.numbers)
                for column in work.columns
            ]
            for pk, cells in zip(batch.numbers, zip(*columns, strict=True), strict=True):
                count += 1
                yield pk, change, cells


def _header(work: Work) -> list[str]:
    named = bool(work.plan.options.get("language")) and work.plan.destination in {"file", "xlsx"}
    return [column.label if named else column.key for column in work.columns]


def _add_outcome(delivery: Delivery, outcome: str, members: BitMap) -> None:
    """These customers besides those of whom the same was told before."""
    if not members:
        return
    row = DeliveryOutcome.objects.filter(delivery=delivery, outcome=outcome).first()
    row = row or DeliveryOutcome(delivery=delivery, outcome=outcome)
    known = store.load(row.members) | members if row.pk else members
    row.members, row.size = store.dump(known), len(known)
    row.save()


def _counts(work: Work) -> dict[str, int]:
    """Numbers by outcome; what parcels noted on the way counts, in earlier attempts too."""
    noted = dict(work.delivery.outcomes.values_list("outcome", "size"))
    if not noted and work.delivery.done:
        noted = {ADDED: len(work.add), REMOVED: len(work.remove)}
    skipped = {reason: len(members) for reason, members in work.skipped.items() if members}
    return {ADDED: 0, REMOVED: 0, **skipped, **noted}


def _finish(work: Work, counts: dict[str, int], path: str) -> None:
    """Inside the transaction that ends the run."""
    delivery = work.delivery
    if isinstance(destination_of(work.plan.destination), Whole):
        _add_outcome(delivery, ADDED, work.add)
        _add_outcome(delivery, REMOVED, work.remove)
    known = set(delivery.outcomes.values_list("outcome", flat=True))
    for reason, members in work.skipped.items():
        if reason not in known:
            _add_outcome(delivery, reason, members)
    delivery.counts, delivery.path, delivery.finished_at = counts, path, timezone.now()
    delivery.save()
    work.plan.delivered = work.plan.delivered or store.dump(BitMap())
    work.plan.save(update_fields=["delivered"])
    access_log.record(
        actor=work.plan.owner,
        action="delivery.send",
        object_kind="delivery",
        object_key=str(work.plan.pk),
        detail={"audience": work.plan.audience.key, "version": delivery.version.number, **counts},
    )
