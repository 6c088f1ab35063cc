"""Pages of imports: upload, mapping with a dry run, books, rows set aside."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import import_selectors, tasks, uploads
from customers.errors import CustomersError
from customers.forms import MappingForm, UploadForm
from customers.imports import TIME_FORM, create_import, preview_orders
from customers.ingest.order_columns import FIELDS
from customers.ingest.sources import open_orders
from customers.models import ImportBatch
from customers.privacy import access_log

State = ImportBatch.State
IMPORTS_PER_PAGE = REJECTS_PER_PAGE = 25
SALT = "customers.upload"


@permission_required("customers.view_importbatch", raise_exception=True)
def import_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(import_selectors.imports(), IMPORTS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "customers/imports/list.html", {"page": page})


@permission_required("customers.view_importbatch", raise_exception=True)
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The books of one import, and the rows that were set aside."""
    batch = get_object_or_404(import_selectors.imports(), pk=pk)
    outcome = request.GET.get("outcome", "")
    rejects = import_selectors.import_rejects(batch, outcome)
    context = {
        "batch": batch,
        "books": import_selectors.import_books(batch),
        "progress": _progress(batch),
        "mapping": [(label, batch.mapping[name]) for name, label in FIELDS.items() if name in batch.mapping],
        "time_form": batch.mapping.get(TIME_FORM),
        "outcome": outcome,
        "page": Paginator(rejects, REJECTS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "customers/imports/detail.html", context)


@permission_required("customers.view_importbatch", raise_exception=True)
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar as it is now. When the import has ended, the page that shows it is loaded again."""
    progress = _progress(get_object_or_404(ImportBatch, pk=pk))
    response = render(request, "partials/progress.html", progress)
    if not progress["active"]:
        response["HX-Refresh"] = "true"
    return response


@permission_required(["customers.view_importbatch", "customers.add_importbatch"], raise_exception=True)
def import_rejects(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rows set aside as a file; they are the shop's raw rows, so the download is written to the access log."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    outcome = request.GET.get("outcome", "")
    access_log.record(
        actor=cast(User, request.user),
        action="export",
        object_kind="import",
        object_key=str(pk),
        detail={"outcome": outcome},
    )
    lines: Iterator[str] = import_selectors.rejects_csv(batch, outcome)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{pk}-set-aside.csv"'
    return response


@permission_required("customers.add_importbatch", raise_exception=True)
def import_new(request: HttpRequest) -> HttpResponse:
    """First step: the file. It is kept under a name of ours and looked into."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        path = uploads.kept(file.chunks())
        try:
            open_orders(path)
        except CustomersError as error:
            path.unlink()
            form.add_error("file", error.message)
        else:
            token = signing.dumps({"path": path.name, "name": file.name}, salt=SALT)
            return redirect(reverse("imports:mapping", query={"file": token}))
    return render(request, "customers/imports/new.html", {"form": form, "limit": settings.UPLOAD_LIMIT})


@permission_required("customers.add_importbatch", raise_exception=True)
def import_mapping(request: HttpRequest) -> HttpResponse:
    """Second step: which column means what, with the first rows as they would be read; then start."""
    token = request.POST.get("file") or request.GET.get("file", "")
    path, name = _uploaded(token)
    if request.method == "POST":
        return _mapped(request, token, path, name)
    context = {"token": token, "name": name, **_looked_into(path, {})}
    preview = context.get("preview")
    guess = {**preview.mapping, "time_form": preview.time_form} if preview else None
    form = MappingForm(None, columns=preview.columns if preview else [], guess=guess)
    return render(request, "customers/imports/mapping.html", context | {"form": form})


def _mapped(request: HttpRequest, token: str, path: Path, name: str) -> HttpResponse:
    """What the person told: started, or shown once more, to htmx only the rows."""
    _source, file = open_orders(path)
    form = MappingForm(request.POST, columns=file.columns)
    told = {"mapping": form.told, "time_form": form.cleaned_data["time_form"] or None} if form.is_valid() else {}
    context: dict[str, Any] = {"token": token, "name": name, "form": form}
    try:
        if "start" in request.POST and told:
            return _start(request, path, name, told)
    except CustomersError as error:
        context |= {"error": error}
    template = "preview" if request.htmx else "mapping"  # type: ignore[attr-defined]
    return render(request, f"customers/imports/{template}.html", _looked_into(path, told) | context)


def _looked_into(path: Path, told: dict[str, Any]) -> dict[str, Any]:
    """The first rows as they would be read, or why they cannot be."""
    try:
        return {"preview": preview_orders(path=path, **told)}
    except CustomersError as error:
        return {"error": error}


def _start(request: HttpRequest, path: Path, name: str, told: dict[str, Any]) -> HttpResponse:
    batch = create_import(path=path, file_name=name, by=cast(User, request.user), **told)
    tasks.enqueue(batch)
    return redirect("imports:detail", batch.pk)


def _uploaded(token: str) -> tuple[Path, str]:
    """The file that the token of the first step stands for."""
    try:
        known = signing.loads(token, salt=SALT, max_age=uploads.WAITS)
    except signing.BadSignature:
        raise Http404 from None
    path = uploads.folder() / known["path"]
    if not path.exists():
        raise Http404
    return path, known["name"]


def _progress(batch: ImportBatch) -> dict[str, Any]:
    """What partials/progress.html shows of an import."""
    active = batch.state in {State.QUEUED, State.RUNNING}
    waiting = _("Waiting for a worker …") if batch.state == State.QUEUED else _("Reading rows")
    seconds = (timezone.now() - batch.created_at).total_seconds()
    return {
        "url": reverse("imports:progress", args=[batch.pk]),
        "active": active,
        "phase": waiting if active else batch.get_state_display(),
        "done": batch.rows_read,
        "total": batch.rows_total,
        "percent": min(100, batch.rows_read * 100 // batch.rows_total)
        if batch.rows_read and batch.rows_total
        else None,
        "rate": batch.rows_read / seconds if active and batch.rows_read and seconds > 1 else None,
        "failed": batch.state == State.FAILED,
    }
