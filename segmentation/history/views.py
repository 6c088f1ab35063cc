"""Pages of the history: sizes over time, who came and went between two dates and why, a past date again."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from segmentation.errors import SegmentationError
from segmentation.history import selectors
from segmentation.history.causes import EXPLAINED, Cause, Difference, difference
from segmentation.history.moved import moved_csv, note_download
from segmentation.runs.services import request_run
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.selectors import members
from segmentation.tasks import enqueue

VERSIONS_PER_PAGE = 31
MEMBERS_PER_PAGE = 25
# Days that the picture can show; 0 is all there are.
SPANS = (30, 90, 0)


@dataclass(frozen=True)
class Asked:
    """What an address is about: the tag or segment, its sets, and the one that is looked at."""

    kind: str
    owner: Any
    sets: list[NamedSet]
    chosen: NamedSet

    def version(self, number: str) -> SetVersion:
        """The version of the set; Http404 when there is none of this number."""
        rows = selectors.versions_of(self.chosen).select_related("run", "named_set")
        return get_object_or_404(rows, number=number if number.isdecimal() else 0)


@require_GET
def history_detail(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Sizes over time as picture and table, and two dates to compare."""
    asked = _asked(request, kind, key)
    span = request.GET.get("days", "")
    days = int(span) if span.isdecimal() and int(span) in SPANS else SPANS[1]
    since = timezone.now() - timedelta(days=days) if days else None
    versions = selectors.versions_of(asked.chosen)
    newest = list(versions[:2])
    context = {
        "asked": asked,
        "page": Paginator(versions, VERSIONS_PER_PAGE).get_page(request.GET.get("page")),
        "chart": selectors.sizes_chart(asked.sets, since),
        "days": days,
        "spans": SPANS,
        "after": request.GET.get("to") or (newest[0].number if newest else ""),
        "before": request.GET.get("from") or (newest[1].number if newest[1:] else ""),
        "dates": versions.values_list("number", "as_of"),
        "may_run": request.user.has_perm("segmentation.run_tag") and asked.owner.status == "live",
        "today": timezone.localdate(),
    }
    return render(request, "segmentation/history/detail.html", context)


@require_GET
def history_difference(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The part of the page that takes a moment: how many came and went between the two dates, by cause."""
    asked = _asked(request, kind, key)
    context: dict[str, Any] = {"asked": asked}
    try:
        found = _difference(request, asked)
    except SegmentationError as error:
        context["error"] = error.message
    else:
        rows = [(cause, EXPLAINED[cause], came, went) for cause, came, went in found.rows]
        context |= {"found": found, "rows": rows}
    return render(request, "segmentation/history/difference.html", context)


@require_GET
@permission_required("customers.view_customer", raise_exception=True)
def history_moved(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The customers who came or went between the two dates, each with the cause."""
    asked = _asked(request, kind, key)
    found, show, cause = _moves(request, asked)
    moved = {pk: why for pk, why in found.moved(show).items() if cause in {"", why}}
    page = Paginator(sorted(moved), MEMBERS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "found": found,
        "show": show,
        "cause": cause,
        "causes": Cause.choices,
        "page": page,
        "members": [(member, moved[member.id].label) for member in members(page.object_list)],
        "may_download": request.user.has_perm("segmentation.export_audience"),
    }
    return render(request, "segmentation/history/moved.html", context)


@require_GET
@permission_required(("customers.view_customer", "segmentation.export_audience"), raise_exception=True)
def history_download(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The same list as a file, names masked, for those who may export; written to the access log."""
    asked = _asked(request, kind, key)
    found, show, cause = _moves(request, asked)
    moved = {pk: why for pk, why in found.moved(show).items() if cause in {"", why}}
    file = BytesIO()
    rows = moved_csv(file, moved)
    note_download(asked.chosen, found, show=show, rows=rows, by=request.user)
    answer = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{key}-{show}-v{found.before.number}-v{found.after.number}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_POST
@permission_required("segmentation.run_tag", raise_exception=True)
def history_compute(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Computes a past date: it is kept in the history, and what everybody sees stays as it is."""
    asked = _asked(request, kind, key)
    try:
        day = parse_date(request.POST.get("day", ""))
    except ValueError:  # 30 February
        day = None
    if day is None or day >= timezone.localdate():
        messages.error(request, _("Choose a day before today."))
        return redirect("segmentation:history", kind, key)
    # The end of the day, in the shop's zone.
    as_of = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(seconds=1)
    run = request_run(kind=f"{kind}s.compute", subject=asked.owner.key, as_of=as_of, by=request.user)
    if run.as_of != as_of:
        messages.error(request, _("Another run of it is under way. Ask again when that has ended."))
        return redirect("segmentation:history", kind, key)
    enqueue(run)
    return redirect("segmentation:run_detail", run.pk)


@require_GET
@permission_required(("customers.view_customer", "segmentation.view_tag"), raise_exception=True)
def customer_history(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a customer's page that says which tag values and segments came and went."""
    kinds = tuple(kind for kind in selectors.KINDS if request.user.has_perm(f"segmentation.view_{kind}"))
    moves = selectors.moves_of(pk, now=timezone.now(), kinds=kinds)
    context = {"moves": moves, "days": selectors.DAYS_OF_TIMELINE, "most": selectors.MOVES_SHOWN}
    return render(request, "segmentation/history/customer.html", context)


def _asked(request: HttpRequest, kind: str, key: str) -> Asked:
    if kind not in selectors.KINDS:
        raise Http404
    if not request.user.has_perm(f"segmentation.view_{kind}"):
        raise PermissionDenied
    owner = get_object_or_404(selectors.KINDS[kind][0], key=key)
    sets = selectors.sets_of(kind, owner)
    wanted = request.GET.get("value", "")
    chosen = next((one for one in sets if one.value == wanted), None) if wanted else _largest(sets)
    if chosen is None:
        raise Http404
    return Asked(kind, owner, sets, chosen)


def _largest(sets: list[NamedSet]) -> NamedSet | None:
    return max(sets, key=lambda one: one.current.size if one.current else -1, default=None)


def _difference(request: HttpRequest, asked: Asked) -> Difference:
    """Between the versions `from` and `to` of the address, the earlier date first whichever was named first."""
    versions = [asked.version(request.GET.get(name, "")) for name in ("from", "to")]
    before, after = sorted(versions, key=lambda version: (version.as_of, version.number))
    return difference(asked.owner, before, after)


def _moves(request: HttpRequest, asked: Asked) -> tuple[Difference, str, str]:
    show, cause = request.GET.get("show", ""), request.GET.get("cause", "")
    if show not in {"entered", "left"} or cause not in {"", *Cause.values}:
        raise Http404
    try:
        return _difference(request, asked), show, cause
    except SegmentationError as error:
        raise Http404(error.message) from None
