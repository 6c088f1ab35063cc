"""Changes to audiences: plan one, edit it while it is a draft, freeze it."""

from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict, Unpack, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from pyroaring import BitMap

from customers import consent
from customers.privacy import access_log
from segmentation import dependencies, recycle_bin
from segmentation.audiences.limits import limits_of, ranks
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.audiences.waterfall import STEP_NAMES, Waterfall, waterfall
from segmentation.errors import SegmentationError
from segmentation.lake.tables import Source
from segmentation.lake.versions import current_source
from segmentation.people import Person, user_of
from segmentation.rules.parse import canonical
from segmentation.rules.problems import RuleError
from segmentation.rules.references import CycleError, refuse_cycle
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from segmentation.sets import answers, store
from segmentation.sets.models import NamedSet
from segmentation.webhooks.announcing import announce, subject_of
from segmentation.webhooks.models import Kind

LARGEST_HOLDOUT = 50
RULES = {"include", "exclude"}


class Plan(TypedDict, total=False):
    """What a person decides about an audience."""

    name: str
    purpose: str
    channel: str
    include: dict[str, Any]
    exclude: dict[str, Any] | None
    holdout_percent: int
    size_limit: int | None
    size_by: str
    size_lowest: bool
    seed: int


class NotADraft(SegmentationError):
    """Only a draft can change or be frozen."""

    code = "not_a_draft"


def create_audience(
    *,
    by: Person,
    key: str = "",
    salt: UUID | None = None,
    suggested: dict[str, Any] | None = None,
    **plan: Unpack[Plan],
) -> Audience:
    """A draft. Without `key` it gets one made from its name; `salt` decides who is held out, at random by default."""
    with transaction.atomic():
        recycle_bin.refuse_binned_key(Audience, key)
        audience = Audience(key=key or _free_key(plan.get("name", "")), owner=user_of(by), salt=salt or uuid4())
        audience.suggested = suggested or {}
        _save(audience, plan)
        _log(audience, "create", by)
    return audience


def update_audience(*, audience: Audience, by: Person, **plan: Unpack[Plan]) -> Audience:
    """Changes what `plan` names. A new name keeps the same customers held out."""
    with transaction.atomic():
        draft = _locked(audience, Audience.State.DRAFT)
        _save(draft, plan)
        _log(draft, "update", by)
    return draft


def reopen_audience(*, audience: Audience, by: Person) -> Audience:
    """A draft again, to be frozen anew. The frozen versions stay as they are."""
    audience.state = Audience.State.DRAFT
    with transaction.atomic():
        audience.save(update_fields=["state"])
        _log(audience, "reopen", by)
    return audience


def preview_waterfall(audience: Audience, as_of: datetime, *, source: Source | None = None) -> Waterfall:
    """Who would be reached. The rules are asked about `as_of`; consent is always what customers say now.

    The audience need not be saved yet, but the lots of an unsaved one are drawn anew each time.
    """
    source = source or current_source()
    limits = limits_of(audience, as_of, source=source, now=timezone.now())
    matched = answers.answer(audience.include, as_of=as_of, source=source)
    excluded = answers.answer(audience.exclude, as_of=as_of, source=source) if audience.exclude else BitMap()
    return waterfall(
        matched,
        excluded=excluded,
        reachable=BitMap(consent.reachable(channel=audience.channel, purpose=audience.purpose)),
        salt=audience.salt,
        holdout_percent=audience.holdout_percent,
        limits=limits,
    )


def request_freeze(*, audience: Audience, by: Person) -> Run:
    """The run that will freeze the audience as it is now; the caller rings for it."""
    with transaction.atomic():
        draft = _locked(audience, Audience.State.DRAFT)
        return request_run(kind="audiences.freeze", subject=draft.key, by=by)


def freeze(*, audience: Audience, planned: Plan, fall: Waterfall, run: Run, again: bool = False) -> AudienceVersion:
    """The version with all its sets. Called inside a transaction of the run.

    Refuses if the audience was edited after the waterfall for `planned` was begun. `again` is for what is sent
    repeatedly: a frozen audience with the customers it would have now.
    """
    draft = _locked(audience, Audience.State.FROZEN if again else Audience.State.DRAFT)
    if plan_of(draft) != planned:
        raise SegmentationError(
            _("The audience was edited while it was being frozen. Freeze it again."), code="edited_meanwhile"
        )
    sets = _named_sets(draft)
    kept = store.publish({sets[step]: fall.members(step) for step in sets}, run=run, as_of=run.as_of)
    by_set = {version.named_set_id: version for version in kept}
    version = AudienceVersion.objects.create(
        audience=draft,
        number=draft.versions.count() + 1,
        run=run,
        definition=planned,
        waterfall=fall.counts(),
        reached=by_set[sets["reached"].pk],
        holdout=by_set[sets["holdout"].pk],
        approval=_approval_of(draft, planned, len(fall.reached)),
    )
    draft.state = Audience.State.FROZEN if version.is_released else Audience.State.WAITING
    draft.frozen_version = version
    draft.save(update_fields=["state", "frozen_version"])
    _log(draft, "freeze", run.requested_by, version=version.number, waterfall=version.waterfall)
    told = {"audience": draft.key, "version": version.number, "waterfall": version.waterfall, "run": str(run.pk)}
    announce(Kind.FROZEN, subject_of("audience", draft.key), told)
    return version


def plan_of(audience: Audience) -> Plan:
    """What the audience is now, as data."""
    return cast(Plan, {field: getattr(audience, field) for field in Plan.__annotations__})


def checked_rule(field: str, document: dict[str, Any], *, key: str = "") -> dict[str, Any]:
    """The rule as it is saved in the audience `key`; its problems are told as this field's."""
    try:
        rule = answers.check(document)
        if key:
            graph = dependencies.graph()
            refuse_cycle(("audience", key), rule, lambda name: graph.get(name, set()))
        return canonical(rule)
    except RuleError as error:
        raise RuleError([replace(problem, path=f"{field}.{problem.path}") for problem in error.problems]) from None
    except CycleError as error:
        raise CycleError(error.message, where=f"{field}.{error.where}") from None


def _save(audience: Audience, plan: Plan) -> None:
    for field, value in plan.items():
        setattr(audience, field, value)
    for field in RULES & plan.keys():
        if document := getattr(audience, field):
            setattr(audience, field, checked_rule(field, document, key=audience.key))
    if not 0 <= audience.holdout_percent <= LARGEST_HOLDOUT:
        raise SegmentationError(
            _("The holdout is between 0 and %(most)d %%.") % {"most": LARGEST_HOLDOUT}, where="holdout_percent"
        )
    if audience.size_by and audience.size_by not in ranks():
        raise SegmentationError(
            _("Customers cannot be ranked by %(key)s.") % {"key": audience.size_by}, where="size_by"
        )
    audience.full_clean()
    audience.save()
    _named_sets(audience)


def _approval_of(audience: Audience, planned: Plan, reached: int) -> str:
    """Large audiences wait for another person; what was approved once stays so while the plan is the same."""
    if not settings.APPROVAL_ABOVE or reached <= settings.APPROVAL_ABOVE:
        return AudienceVersion.Approval.NOT_NEEDED
    last = audience.versions.first()
    same = last is not None and last.approval == AudienceVersion.Approval.APPROVED and last.definition == planned
    return AudienceVersion.Approval.APPROVED if same else AudienceVersion.Approval.WAITING


def _locked(audience: Audience, state: Audience.State) -> Audience:
    locked = Audience.objects.select_for_update(of=("self",)).get(pk=audience.pk)
    if locked.state != state and state == Audience.State.DRAFT:
        raise NotADraft(_("The audience is frozen. Reopen it to change it."))
    if locked.state != state:
        raise SegmentationError(_("The audience is being edited. Freeze it first."), code="not_frozen")
    return locked


def _named_sets(audience: Audience) -> dict[str, NamedSet]:
    """The audience's sets by step. Those reached are *the* audience; the other steps are its values."""
    sets = {}
    for order, (step, (zh, en)) in enumerate(STEP_NAMES.items()):
        kind = NamedSet.Kind.HOLDOUT if step == "holdout" else NamedSet.Kind.AUDIENCE
        value = "" if step in {"reached", "holdout"} else step
        sets[step] = store.named(
            kind,
            audience.key,
            value,
            label_zh=audience.name,
            label_en=audience.name,
            value_label_zh=zh,
            value_label_en=en,
            order=order,
        )
    return sets


def _free_key(name: str) -> str:
    wanted = slugify(name)[:50]
    if not any(letter.isalpha() for letter in wanted):  # what is left of a Chinese name says nothing
        wanted = f"audience-{timezone.localdate():%Y-%m-%d}"
    taken = set(Audience.everything.filter(key__startswith=wanted).values_list("key", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (wanted, *numbered) if key not in taken)


def _log(audience: Audience, action: str, by: Person, **detail: Any) -> None:
    access_log.record(
        actor=user_of(by), action=f"audience.{action}", object_kind="audience", object_key=audience.key, detail=detail
    )
