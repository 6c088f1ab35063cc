"""The page on which a tag or a segment gets its timetable, its alert and its owner."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from segmentation.runs.routine_form import RoutineForm, initial_of
from segmentation.segments.models import Segment
from segmentation.segments.services import update_segment
from segmentation.tags.models import Tag
from segmentation.tags.services import update_tag


def timetable(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """When it is computed, in plain choices, with the next five times."""
    row = _row(request, kind, key)
    form = RoutineForm(request.POST or None, initial=initial_of(row))
    if request.method == "POST" and form.is_valid():
        if isinstance(row, Tag):
            update_tag(tag=row, by=request.user, **form.changes())
        else:
            update_segment(segment=row, by=request.user, **form.changes())
        messages.success(request, _("Saved."))
        return redirect(f"segmentation:{kind}_detail", key)
    shown = form if form.is_bound else RoutineForm(_as_typed(form))
    status = 422 if form.errors else 200
    return render(request, "segmentation/runs/timetable.html", _context(kind, row, shown), status=status)


@require_POST
def timetable_next(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The fields that the choice needs, and the next times or what is wrong, while one types. Nothing is saved."""
    context = _context(kind, _row(request, kind, key), RoutineForm(request.POST))
    # What is wrong is told below the fields, which stay as they are while one types.
    context["form"] = RoutineForm(initial=request.POST.dict())
    return render(request, "segmentation/runs/timing.html", context)


def _context(kind: str, row: Any, form: RoutineForm) -> dict[str, Any]:
    times = form.next_times(timezone.now(), settings.TIME_ZONE) if form.is_valid() else []
    wrong = [error for errors in form.errors.values() for error in errors]
    return {"kind": kind, "row": row, "form": form, "times": times, "wrong": wrong, "zone": settings.TIME_ZONE}


def _as_typed(form: RoutineForm) -> dict[str, Any]:
    """The initial values as a browser would send them, so that the page begins with their next times."""
    found = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: getattr(value, "pk", value) for name, value in found.items() if value is not None}


def _row(request: HttpRequest, kind: str, key: str) -> Tag | Segment:
    models: dict[str, type[Tag] | type[Segment]] = {"tag": Tag, "segment": Segment}
    if kind not in models:
        raise Http404
    if not request.user.has_perm(f"segmentation.change_{kind}"):
        raise PermissionDenied
    found: Any = get_object_or_404(models[kind], key=key)
    return found
