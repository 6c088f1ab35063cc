"""The page of the lists that an imported tag is made of: upload one, see its books, download what was not taken."""

import io

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.privacy import access_log
from segmentation import safe_csv
from segmentation.errors import SegmentationError
from segmentation.listed import text_of
from segmentation.people import user_of
from segmentation.runs.services import request_run
from segmentation.sets import store
from segmentation.tags.folders import may_edit
from segmentation.tags.given_models import ValueList
from segmentation.tags.giving import take_list
from segmentation.tags.list_forms import ValueListForm
from segmentation.tags.models import Tag
from segmentation.tasks import enqueue

KIND = "imported"
LISTS_SHOWN = 20
# Reasons of refused lines: in which book the line is, and in words.
WHY = {
    "columns": ("invalid", gettext_lazy("not a user id and a value")),
    "unknown_value": ("invalid", gettext_lazy("the tag has no such value")),
    "unknown_customer": ("unmatched", gettext_lazy("no customer has this user id")),
    "duplicate": ("duplicate", gettext_lazy("this customer was in the list already")),
}


@permission_required("segmentation.view_tag", raise_exception=True)
def value_lists(request: HttpRequest, key: str) -> HttpResponse:
    """The lists, the newest first; whoever may give values uploads another one here."""
    tag = get_object_or_404(Tag.objects.select_related("category"), key=key, kind=KIND)
    may_give = request.user.has_perm("segmentation.add_givenvalue") and may_edit(tag.category, request.user)
    if request.method == "POST" and not may_give:
        raise PermissionDenied
    form = ValueListForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        try:
            _take(request, tag, form)
        except SegmentationError as error:
            form.add_error("file", error.message)
        else:
            return redirect("segmentation:value_lists", key)
    values = list(tag.values.order_by("order"))
    names = {value.key: value.name for value in values}
    context = {
        "tag": tag,
        "form": form,
        "may_give": may_give,
        "values": values,
        "lists": [(one, _counted(one, names)) for one in tag.lists.select_related("by")[:LISTS_SHOWN]],
    }
    return render(request, "segmentation/tags/lists.html", context, status=422 if form.errors else 200)


@permission_required("segmentation.add_givenvalue", raise_exception=True)
def value_list_refused(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """The lines that were not taken, as CSV. They are user ids: the download is written to the access log."""
    taken = get_object_or_404(ValueList, pk=pk, tag__key=key)
    access_log.record(
        actor=user_of(request.user), action="export", object_kind="tag", object_key=key, detail={"list": pk}
    )
    books = {name: str(ValueList._meta.get_field(name).verbose_name) for name, _words in WHY.values()}  # type: ignore[union-attr]
    rows = ((number, text, books[WHY[why][0]], str(WHY[why][1])) for number, text, why in taken.refused)
    file = io.BytesIO()
    safe_csv.write(file, [_("line"), _("what it says"), _("outcome"), _("reason")], rows, bom=True)
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}-list-{pk}-refused.csv"'
    return response


def _take(request: HttpRequest, tag: Tag, form: ValueListForm) -> None:
    """The list into its books, and the tag computed, if it is live."""
    file = form.cleaned_data["file"]
    text = text_of(file.read())
    taken = take_list(tag=tag, name=file.name, text=text, mode=form.cleaned_data["mode"], by=request.user)
    told = {"matched": taken.matched, "rows": taken.rows}
    if tag.status == Tag.Status.LIVE:
        enqueue(request_run(kind="tags.compute", subject=tag.key, by=request.user))
        messages.success(request, _("%(matched)d of %(rows)d lines were taken. The tag is being computed.") % told)
    else:
        messages.success(
            request, _("%(matched)d of %(rows)d lines were taken. They count from when it is live.") % told
        )


def _counted(taken: ValueList, names: dict[str, str]) -> list[tuple[str, int]]:
    """How many customers the list gives each value, by the value's name."""
    members = msgspec.msgpack.decode(bytes(taken.members), type=dict[str, bytes])
    return [(names.get(value, value), len(store.load(data))) for value, data in members.items()]
