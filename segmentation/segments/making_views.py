"""Pages that make a segment of other segments, as a snapshot, or by an uploaded list; and what refused lines were."""

import io
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.privacy import access_log
from segmentation import safe_csv
from segmentation.errors import SegmentationError
from segmentation.people import user_of
from segmentation.segments import fixing, lists, services
from segmentation.segments.fixed import fixed_of, in_words, is_fixed
from segmentation.segments.fixed_models import FixedMembers
from segmentation.segments.forms import NamesForm, initial_of
from segmentation.segments.making_forms import NewListForm, NextListForm, SetsForm, SnapshotForm
from segmentation.segments.models import Segment
from segmentation.segments.origins import LIST
from segmentation.segments.rule_changes import counted
from segmentation.segments.views import compute, key_of
from segmentation.sets.models import NamedSet

# Books and reasons of refused lines, in words.
WHY = {
    "columns": gettext_lazy("more than one column"),
    "too_long": gettext_lazy("too long for a user id"),
    "unknown_customer": gettext_lazy("no customer has this user id"),
    "duplicate": gettext_lazy("this customer was in the list already"),
}


@permission_required("segmentation.add_segment", raise_exception=True)
def segment_from_sets(request: HttpRequest) -> HttpResponse:
    """Customers in any or all of some segments, and not in others: a rule like every other, made by choosing."""
    form = SetsForm(request.POST or None, initial=_asked(request))
    return _make(request, form, "sets", lambda: {"rule": form.rule()}, services.create_segment)


@require_POST
@permission_required("segmentation.add_segment", raise_exception=True)
def sets_count(request: HttpRequest) -> HttpResponse:
    """How many customers the chosen operation has now."""
    form = SetsForm(request.POST)
    form.is_valid()
    context: dict[str, Any] = {}
    try:
        context["count"] = counted(form.rule())
    except SegmentationError as error:
        context["error"] = error.message
    return render(request, "segmentation/segments/count.html", context)


@permission_required("segmentation.add_segment", raise_exception=True)
def segment_from_snapshot(request: HttpRequest) -> HttpResponse:
    """The customers of a segment or tag value as they are now, kept for ever."""
    key = request.GET.get("segment", "")
    of = NamedSet.objects.filter(kind=NamedSet.Kind.SEGMENT, key=key, binned=False).first()
    form = SnapshotForm(request.POST or None, initial={"of": str(of.pk)} if of else {})
    return _make(request, form, "snapshot", lambda: {"of": form.cleaned_data["of"]}, fixing.create_snapshot)


@permission_required("segmentation.add_segment", raise_exception=True)
def segment_from_list(request: HttpRequest) -> HttpResponse:
    """Whom a file names."""
    form = NewListForm(request.POST or None, request.FILES or None)
    return _make(request, form, "list", lambda: _uploaded(form.cleaned_data["file"]), fixing.create_listed)


@permission_required("segmentation.change_segment", raise_exception=True)
def segment_fixed(request: HttpRequest, key: str) -> HttpResponse:
    """Another name for a snapshot or list; of a list, its books."""
    segment = _fixed_segment(key)
    names = NamesForm(request.POST or None, initial=initial_of(segment, None))
    del names.fields["schedule"]
    if request.method == "POST" and names.is_valid():
        services.update_segment(segment=segment, by=request.user, **names.descriptive(segment))
        return redirect("segmentation:segment_detail", key)
    return _fixed_page(request, segment, names, NextListForm())


@require_POST
@permission_required("segmentation.change_segment", raise_exception=True)
def segment_take_list(request: HttpRequest, key: str) -> HttpResponse:
    """Another list: a new version of the segment."""
    segment, form = _fixed_segment(key), NextListForm(request.POST, request.FILES)
    if form.is_valid():
        add = form.cleaned_data["add"] == "add"
        try:
            fixing.take_list(segment=segment, add=add, by=request.user, **_uploaded(form.cleaned_data["file"]))
        except SegmentationError as error:
            form.add_error("file", error.message)
        else:
            return _taken(request, key)
    names = NamesForm(initial=initial_of(segment, None))
    del names.fields["schedule"]
    return _fixed_page(request, segment, names, form)


@require_POST
@permission_required("segmentation.change_segment", raise_exception=True)
def segment_freeze_again(request: HttpRequest, key: str) -> HttpResponse:
    """The set of a snapshot once more as it is now: a new version."""
    segment = _fixed_segment(key)
    fixed = fixed_of(segment.live_version.rule) if segment.live_version else None
    if fixed is None or fixed.origin == LIST:
        raise Http404
    named_set = {"kind": fixed.of_kind, "key": fixed.of_key, "value": fixed.of_value}
    of = NamedSet.objects.filter(**named_set, binned=False, current__isnull=False).first()
    if of is None:
        messages.error(request, _("What it was frozen from is not there any more."))
        return redirect("segmentation:segment_detail", key)
    fixing.freeze_again(segment=segment, of=of, by=request.user)
    return _taken(request, key)


@permission_required("segmentation.change_segment", raise_exception=True)
def list_refused(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """The refused lines of a list as CSV. They are user ids: the download is written to the access log."""
    fixed = get_object_or_404(FixedMembers, pk=pk, segment__key=key, origin=FixedMembers.Origin.LIST)
    access_log.record(
        actor=user_of(request.user), action="export", object_kind="segment", object_key=key, detail={"list": pk}
    )
    books = {name: str(FixedMembers._meta.get_field(name).verbose_name) for name in lists.BOOKS}  # type: ignore[union-attr]
    rows = ((number, text, books[book], str(WHY[why])) for number, text, book, why in lists.refused_of(fixed))
    file = io.BytesIO()
    safe_csv.write(file, [_("line"), _("what it says"), _("outcome"), _("reason")], rows, bom=True)
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}-list-{pk}-refused.csv"'
    return response


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What another page suggests to combine."""
    asked = {"segments": request.GET.getlist("of"), "without": request.GET.getlist("without")}
    return asked | {"operation": request.GET.get("operation", "any")}


def _make(
    request: HttpRequest,
    form: NamesForm,
    origin: str,
    told: Callable[[], dict[str, Any]],
    create: Callable[..., Segment],
) -> HttpResponse:
    """The form until it is right; then the segment, computed at once."""
    if request.method == "POST" and form.is_valid():
        described = form.descriptive()
        try:
            segment = create(key=key_of(described), by=request.user, **told(), **described)
        except SegmentationError as error:
            form.add_error(None, error.message)
        else:
            compute(request, segment)
            return redirect("segmentation:segment_detail", segment.key)
    context = {"form": form, "origin": origin}
    return render(request, f"segmentation/segments/new_{origin}.html", context, status=422 if form.errors else 200)


def _uploaded(file: Any) -> dict[str, Any]:
    return {"name": file.name, "data": file.read()}


def _taken(request: HttpRequest, key: str) -> HttpResponse:
    """A new version is there: computed, or waiting for its review."""
    segment = get_object_or_404(Segment.objects.select_related("live_version"), key=key)
    newest = segment.versions.first()
    if newest and segment.live_version_id != newest.pk:
        messages.info(request, _("Submitted for review. Until then the segment stays as it is."))
    else:
        compute(request, segment)
    return redirect("segmentation:segment_detail", key)


def _fixed_page(request: HttpRequest, segment: Segment, names: NamesForm, form: NextListForm) -> HttpResponse:
    lists_of = segment.fixed.filter(origin=LIST).select_related("made_by").defer("members", "refused")
    context = {
        "segment": segment,
        "names": names,
        "form": form,
        "lists": lists_of[:20],
        "words": in_words(segment.live_version.rule) if segment.live_version else "",
        "is_list": segment.origin == LIST,
    }
    failed = names.errors or form.errors
    return render(request, "segmentation/segments/fixed.html", context, status=422 if failed else 200)


def _fixed_segment(key: str) -> Segment:
    segment = get_object_or_404(Segment.objects.select_related("live_version"), key=key)
    if segment.live_version is None or not is_fixed(segment.live_version.rule):
        raise Http404
    return segment
