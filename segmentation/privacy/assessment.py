"""The impact page: purposes with what people say of them, and what is missing or calls for a look."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import profiling
from customers.consent import purpose_name
from customers.models import Consent, Customer, Trait
from customers.models.catalogue import FieldClass
from customers.privacy import access_log
from segmentation.people import Person, user_of
from segmentation.privacy import register, retention
from segmentation.privacy.models import ProcessingNote
from segmentation.privacy.register import Recipient, Use
from segmentation.recommendation.models import RecommendationPlan

RIGHT = "customers.erase_customer"
# An assessment older than this is to be looked at again.
FRESH = timedelta(days=365)


@dataclass(frozen=True)
class Purpose:
    """One purpose in use, with what a person says of it (None: nothing yet)."""

    key: str
    note: ProcessingNote | None
    uses: int
    consents: int

    @property
    def url(self) -> str:
        return reverse("segmentation:register_note", args=[self.key])


@dataclass(frozen=True)
class Finding:
    """Something that lacks ("danger") or calls for a look ("warning"), and where to mend it."""

    code: str
    level: str
    text: str
    url: str


@dataclass(frozen=True)
class Register:
    """Everything the page shows and the file says."""

    purposes: list[Purpose]
    uses: list[Use]
    recipients: list[Recipient]
    kept: list[tuple[str, int | None]]
    refusing: int
    customers: int
    findings: list[Finding]


def drawn_up() -> Register:
    """The register as of now."""
    uses, recipients = register.uses(), register.recipients()
    purposes = _purposes(uses, recipients)
    days = retention.periods()
    kept = [(str(one.label), days.get(key)) for key, one in retention.keepings().items()]
    found = [*_of_purposes(purposes, uses), *_of_fields(uses), *_of_recipients(recipients), *_of_keeping(days)]
    return Register(
        purposes, uses, recipients, kept, len(profiling.refusing()), Customer.objects.filter(merged_into=None).count(),
        sorted(found, key=lambda one: one.level),
    )  # fmt: skip


def note_of(purpose: str) -> ProcessingNote:
    """What is said of a purpose; an unsaved row if nothing is."""
    return ProcessingNote.objects.filter(purpose=purpose).first() or ProcessingNote(purpose=purpose)


def save_note(*, note: ProcessingNote, by: Person) -> ProcessingNote:
    """Keep what a person says of a purpose; written to the access log."""
    user = user_of(by)
    if user is None or not user.has_perm(RIGHT):
        raise PermissionDenied
    note.changed_by = user
    note.full_clean()
    with transaction.atomic():
        note.save()
        access_log.record(actor=user, action="register.note", object_kind="purpose", object_key=note.purpose)
    return note


def document(drawn: Register) -> dict[str, Any]:
    """The register as JSON, for auditors and other programs."""
    return {
        "as_of": timezone.now(),
        "purposes": [
            {
                "purpose": one.key,
                "basis": one.note.basis if one.note else "",
                "description": one.note.description if one.note else "",
                "responsible": one.note.responsible if one.note else "",
                "safeguards": one.note.safeguards if one.note else "",
                "risks": one.note.risks if one.note else "",
                "assessed_on": one.note.assessed_on if one.note else None,
                "consents": one.consents,
            }
            for one in drawn.purposes
        ],
        "uses": [
            {
                "kind": use.kind, "key": use.key, "name": use.label, "how": str(use.how), "purpose": use.purpose,
                "profiling": use.profiles, "automatic": use.automatic,
                "fields": [
                    {"kind": field.kind, "name": field.name, "class": str(field.class_label)} for field in use.fields
                ],
            }
            for use in drawn.uses
        ],
        "recipients": [
            {
                "name": one.name, "how": one.how, "host": one.host, "what": one.what, "purpose": one.purpose,
                "automatic": one.automatic, "contact_data_in_full": one.reveals,
            }
            for one in drawn.recipients
        ],
        "retention_days": dict(drawn.kept),
        "refused_profiling": drawn.refusing,
        "customers": drawn.customers,
        "findings": [{"code": one.code, "level": one.level, "text": one.text} for one in drawn.findings],
    }  # fmt: skip


def _purposes(uses: list[Use], recipients: list[Recipient]) -> list[Purpose]:
    counted = Counter([use.purpose for use in uses] + [one.purpose for one in recipients])
    consents = Counter(Consent.objects.values_list("purpose", flat=True))
    notes = {note.purpose: note for note in ProcessingNote.objects.select_related("changed_by")}
    keys = sorted(counted.keys() | consents.keys() | notes.keys())
    return [Purpose(key, notes.get(key), counted[key], consents[key]) for key in keys]


def _of_purposes(purposes: list[Purpose], uses: list[Use]) -> list[Finding]:
    found = []
    risky = {use.purpose for use in uses if use.profiles}
    for one in purposes:
        named = {"purpose": purpose_name(one.key)}
        if one.note is None or not one.note.basis:
            found.append(Finding("no_basis", "danger", _("“%(purpose)s” has no legal basis.") % named, one.url))
        if one.note is None or not one.note.description:
            found.append(
                Finding("no_description", "warning", _("Nobody says what “%(purpose)s” is for.") % named, one.url)
            )
        if one.note and one.note.basis == ProcessingNote.Basis.CONSENT and not one.consents:
            text = _("“%(purpose)s” rests on consent, and nobody ever answered.") % named
            found.append(Finding("no_consents", "warning", text, one.url))
        if one.key in risky:
            assessed = one.note.assessed_on if one.note else None
            if assessed is None:
                text = _("“%(purpose)s” decides by profiling, and its impact was never assessed.") % named
                found.append(Finding("not_assessed", "danger", text, one.url))
            elif assessed < timezone.localdate() - FRESH:
                text = _("The assessment of “%(purpose)s” is older than a year.") % named
                found.append(Finding("assessment_old", "warning", text, one.url))
    return found


def _of_fields(uses: list[Use]) -> list[Finding]:
    found = []
    for use in uses:
        for field in use.personal:
            told = {"field": field.label, "use": use.label}
            if use.profiles:
                text = _("The personal field “%(field)s” is used by “%(use)s”, which profiles.") % told
                found.append(Finding("personal_in_model", "danger", text, use.url))
            elif use.kind == "audience":
                text = _("The personal field “%(field)s” decides who is in the audience “%(use)s”.") % told
                found.append(Finding("personal_in_audience", "warning", text, use.url))
    personal = Trait.objects.filter(field_class=FieldClass.PERSONAL).values_list("name", flat=True)
    if personal and RecommendationPlan.objects.filter(last_run__isnull=False).exists():
        text = _("Recommendations for newcomers learn from traits, personal ones among them: %(names)s.")
        names = ", ".join(sorted(personal)[:5])
        found.append(
            Finding("personal_in_model", "danger", text % {"names": names}, reverse("segmentation:product_list"))
        )
    return found


def _of_recipients(recipients: list[Recipient]) -> list[Finding]:
    return [
        Finding(
            "reveals", "warning", _("“%(name)s” hands on contact data in full to %(host)s.")
            % {"name": one.name, "host": one.host or one.how}, one.url,
        )
        for one in recipients
        if one.reveals
    ]  # fmt: skip


def _of_keeping(days: dict[str, int]) -> list[Finding]:
    url = reverse("segmentation:retention")
    missing = [str(one.label) for key, one in retention.keepings().items() if key not in days]
    if not missing:
        return []
    return [Finding("kept_for_ever", "warning", _("Kept for ever: %(kinds)s.") % {"kinds": ", ".join(missing)}, url)]
