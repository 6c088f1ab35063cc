"""Pages of imports: upload, mapping with a dry run, books, rows set aside."""

from collections.abc import Iterator
from dataclasses import dataclass
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
from customers.imports import ORDERS, create_import, preview_file
from customers.ingest.contents import all_contents, contents_of
from customers.ingest.contents.base import Contents
from customers.ingest.sources import open_table
from customers.models import ImportBatch
from customers.privacy import access_log

State = ImportBatch.State
IMPORTS_PER_PAGE = REJECTS_PER_PAGE = 25
SALT = "customers.upload"


@dataclass(frozen=True)
class Upload:
    """A file that waits for its mapping."""

    token: str
    path: Path
    name: str
    key: str
    contents: Contents


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
        "columns": import_selectors.columns_read(batch),
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
    """First step: what it is about, and the file. It is kept under a name of ours and looked into."""
    key, contents = _contents(request.GET.get("contents", ORDERS))
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        path = uploads.kept(file.chunks())
        try:
            open_table(path)
        except CustomersError as error:
            path.unlink()
            form.add_error("file", error.message)
        else:
            token = signing.dumps({"path": path.name, "name": file.name, "contents": key}, salt=SALT)
            return redirect(reverse("imports:mapping", query={"file": token}))
    context = {"form": form, "limit": settings.UPLOAD_LIMIT, "all": all_contents(), "key": key, "contents": contents}
    return render(request, "customers/imports/new.html", context)


@permission_required("customers.add_importbatch", raise_exception=True)
def import_mapping(request: HttpRequest) -> HttpResponse:
    """Second step: which column means what, with the first rows as they would be read; then start."""
    upload = _uploaded(request.POST.get("file") or request.GET.get("file", ""))
    if request.method == "POST":
        return _mapped(request, upload)
    context = _looked_into(upload, {})
    preview = context.get("preview")
    known = {"columns": preview.columns, "mapping": preview.mapping, "time_form": preview.time_form} if preview else {}
    form = MappingForm(None, contents=upload.contents, **known or {"columns": []})
    return render(request, "customers/imports/mapping.html", context | {"upload": upload, "form": form})


def _mapped(request: HttpRequest, upload: Upload) -> HttpResponse:
    """What the person told: started, or shown once more, to htmx only the rows."""
    _source, file = open_table(upload.path)
    form = MappingForm(request.POST, contents=upload.contents, columns=file.columns)
    told = {name: form.cleaned_data[name] for name in ("mapping", "time_form")} if form.is_valid() else {}
    context: dict[str, Any] = {"upload": upload, "form": form}
    try:
        if "start" in request.POST and told:
            return _start(request, upload, told)
    except CustomersError as error:
        context |= {"error": error}
    template = "preview" if request.htmx else "mapping"  # type: ignore[attr-defined]
    return render(request, f"customers/imports/{template}.html", _looked_into(upload, told) | context)


def _looked_into(upload: Upload, told: dict[str, Any]) -> dict[str, Any]:
    """The first rows as they would be read, or why they cannot be."""
    try:
        return {"preview": preview_file(path=upload.path, contents=upload.key, **told)}
    except CustomersError as error:
        return {"error": error}


def _start(request: HttpRequest, upload: Upload, told: dict[str, Any]) -> HttpResponse:
    by = cast(User, request.user)
    batch = create_import(path=upload.path, contents=upload.key, file_name=upload.name, by=by, **told)
    tasks.enqueue(batch)
    return redirect("imports:detail", batch.pk)


def _contents(key: str) -> tuple[str, Contents]:
    try:
        return key, contents_of(key)
    except CustomersError:
        raise Http404 from None


def _uploaded(token: str) -> Upload:
    """The file that the token of the first step stands for."""
    try:
        known = signing.loads(token, salt=SALT, max_age=uploads.WAITS)
    except signing.BadSignature:
        raise Http404 from None
    path = uploads.folder() / known["path"]
    if not path.exists():
        raise Http404
    return Upload(token, path, known["name"], *_contents(known["contents"]))


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
