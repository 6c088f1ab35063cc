"""The reach waterfall as a picture and as rows, each step with a link to its customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segmentation.audiences.models import AudienceVersion
from segmentation.audiences.waterfall import STEP_NAMES, TOTALS
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.tags.models import in_language

# What each step means, in one sentence.
MEANINGS: dict[str, Promise] = {
    "matched": _("Customers who fit the rule."),
    "excluded": _("They fit the rule that leaves customers out."),
    "suppressed": _("They are on the suppression list: they complained, asked to be left alone, or cannot be reached."),
    "quiet": _("They are to be left alone for a while; the suppression list says until when."),
    "unprofiled": _("They refused to be profiled, and this audience is chosen by what was concluded of customers."),
    "no_consent": _("They have not agreed to be contacted this way for this purpose."),
    "capped": _("Other campaigns over this channel have reached them as often as the rules of contact allow."),
    "universal": _("They never get any campaign, so that the effect of all campaigns together can be measured."),
    "over_size": _("More customers than the audience may have; who is best, or the lot, decides."),
    "holdout": _("Drawn by lot to get nothing, so that the campaign's effect can be measured."),
    "reached": _("They get the campaign."),
}


@dataclass(frozen=True)
class StepRow:
    """One step of a waterfall, ready to show."""

    key: str
    name: str
    meaning: Promise
    is_total: bool
    customers: int
    left: int
    expected: float | None
    url: str


def step_rows(steps: Sequence[Mapping[str, Any]], urls: Mapping[str, str] | None = None) -> list[StepRow]:
    """The steps of a waterfall, in order; `urls` are the pages of their customers."""
    return [_row(step, (urls or {}).get(step["step"], "")) for step in steps]


def waterfall_chart(rows: Sequence[StepRow]) -> dict[str, Any]:
    """The data of a chart of kind "waterfall"; a step that took nobody away is left to the table."""
    shown = [row for row in rows if row.is_total or row.customers]
    return {
        "steps": [{"name": r.name, "value": r.customers, "total": r.is_total, "link": r.url or None} for r in shown]
    }


def draft_urls(key: str) -> dict[str, str]:
    """The page of each step's customers, as they would be now."""
    return {step: reverse("segmentation:audience_step", args=[key, step]) for step in STEP_NAMES}


def step_urls(version: AudienceVersion) -> dict[str, str]:
    """The page of each step's customers, as they were when the audience was frozen."""
    versions = SetVersion.objects.filter(run=version.run_id, named_set__key=version.audience.key)
    found = versions.values_list("named_set__kind", "named_set__value", "number")
    return {_step(kind, value): _url(kind, version.audience.key, value, number) for kind, value, number in found}


def _row(step: Mapping[str, Any], url: str) -> StepRow:
    key = step["step"]
    customers = step["left"] if key in TOTALS else step["removed"]
    name = in_language(*STEP_NAMES[key])
    return StepRow(key, name, MEANINGS[key], key in TOTALS, customers, step["left"], step.get("expected"), url)


def _step(kind: str, value: str) -> str:
    return "holdout" if kind == NamedSet.Kind.HOLDOUT else value or "reached"


def _url(kind: str, key: str, value: str, number: int) -> str:
    page = reverse("segmentation:members", args=[kind, key, value] if value else [kind, key])
    return f"{page}?version={number}"
