"""Imports over the API: look into a file, start an import, read its books and what was refused."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.status import HTTP_202_ACCEPTED
from rest_framework.views import APIView

from customers import import_selectors, tasks, uploads
from customers.api_writing import checked
from customers.forms import UploadForm
from customers.imports import create_import, preview_file
from customers.ingest.contents import ORDER
from customers.ingest.contents.base import SetAside
from customers.models import ImportBatch, ImportReject
from customers.privacy import access_log

# A form with a file; JSON is read to say what is lacking.
PARSERS: list[type[BaseParser]] = [MultiPartParser, *api_settings.DEFAULT_PARSER_CLASSES]  # type: ignore[list-item]


class ImportInput(serializers.Serializer):
    """A file, and how it is to be read where its headers do not say it."""

    file = serializers.FileField(help_text="CSV, XLSX, JSON Lines or Parquet.")
    contents = serializers.ChoiceField(ORDER)
    mapping = serializers.CharField(
        required=False, default="{}", help_text='JSON: {"field": "column"}, and {"+Level": "Level"} to keep a column.'
    )
    time_form = serializers.CharField(required=False, default="", max_length=50, help_text="%d/%m/%Y, for example.")

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        form = UploadForm(files={"file": file})  # type: ignore[arg-type]
        if not form.is_valid():
            raise serializers.ValidationError(str(form.errors["file"][0]), code="file_too_large")
        return file

    def validate_mapping(self, text: str) -> dict[str, str]:
        try:
            mapping = json.loads(text)
        except (ValueError, RecursionError):
            mapping = None
        if not isinstance(mapping, dict) or not all(isinstance(column, str) for column in mapping.values()):
            raise serializers.ValidationError('A JSON object: {"field": "column"}.', code="invalid")
        return mapping


class ImportShape(serializers.Serializer):
    """An import and its books: rows read are the sum of `counts`."""

    id = serializers.IntegerField()
    contents = serializers.CharField()
    file_name = serializers.CharField()
    state = serializers.ChoiceField(ImportBatch.State.choices)
    rows_read = serializers.IntegerField()
    rows_total = serializers.IntegerField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="What became of the rows.")
    mapping = serializers.DictField(help_text="As it was read; `time_form` says how times are written.")
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ImportList(ListAPIView):
    """Imports, newest first."""

    permission_required = {"GET": "customers.view_importbatch", "POST": "customers.add_importbatch"}
    parser_classes = PARSERS
    serializer_class = ImportShape
    Input = ImportInput
    ordering = ("-created_at", "-id")
    query: dict[str, Any]

    class Query(serializers.Serializer):
        contents = serializers.ChoiceField(ORDER, required=False)
        state = serializers.ChoiceField(ImportBatch.State.choices, required=False)

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return import_selectors.imports().filter(**self.query)

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": ImportInput},
        responses={HTTP_202_ACCEPTED: ImportShape},
    )
    def post(self, request: Request) -> Response:
        """Takes the file and imports it in a job; the same file again goes on, or adds nothing."""
        with _taken(request, keep=True) as (path, told, name):
            batch = create_import(path=path, file_name=name, by=request.user, **told)  # type: ignore[arg-type]
        tasks.enqueue(batch)
        return Response(ImportShape(batch).data, status=HTTP_202_ACCEPTED)


class ImportLook(APIView):
    """What an import would make of a file."""

    permission_required = "customers.add_importbatch"
    parser_classes = PARSERS
    Input = ImportInput

    class Output(serializers.Serializer):
        description = serializers.CharField()
        columns = serializers.ListField(child=serializers.CharField())
        rows = serializers.IntegerField()
        mapping = serializers.DictField(child=serializers.CharField())
        missing = serializers.ListField(child=serializers.CharField(), help_text="Fields that have to be told.")
        time_form = serializers.CharField(allow_null=True)
        time_forms = serializers.ListField(
            child=serializers.CharField(), help_text="Not empty: day and month cannot be told apart, give one of these."
        )
        refused = serializers.ListField(child=serializers.DictField(), help_text="Of the first rows: line and reason.")

    @extend_schema(operation_id="imports_look", request={"multipart/form-data": ImportInput}, responses=Output)
    def post(self, request: Request) -> Response:
        """Looks into the file and stores nothing."""
        with _taken(request, keep=False) as (path, told, _name):
            found = preview_file(path=path, **told)
        refused = [
            {"line": read.number, "outcome": read.outcome, "reason": read.reason}
            for _row, read in found.first_rows
            if isinstance(read, SetAside)
        ]
        known = ("description", "columns", "rows", "mapping", "missing", "time_form", "time_forms")
        return Response({name: getattr(found, name) for name in known} | {"refused": refused})


class ImportDetail(APIView):
    """One import."""

    permission_required = "customers.view_importbatch"

    @extend_schema(responses=ImportShape)
    def get(self, request: Request, id: int) -> Response:
        return Response(ImportShape(import_selectors.imports().get(pk=id)).data)


class ImportRefused(ListAPIView):
    """The rows that were not taken in, as they were in the file, contacts masked."""

    permission_required = "customers.add_importbatch"
    ordering = ("line", "id")

    class Output(serializers.Serializer):
        line = serializers.IntegerField()
        outcome = serializers.CharField()
        reason = serializers.CharField(help_text="For machines; stable.")
        row = serializers.DictField()

    serializer_class = Output

    def get_queryset(self) -> QuerySet[ImportReject]:
        batch = ImportBatch.objects.get(pk=self.kwargs["id"])
        key = str(batch.pk)
        access_log.record(actor=self.request.user, action="export", object_kind="import", object_key=key)  # type: ignore[arg-type]
        return import_selectors.import_rejects(batch)


@contextmanager
def _taken(request: Request, *, keep: bool) -> Iterator[tuple[Path, dict[str, Any], str]]:
    """The file on disk, how to read it, and its name; deleted unless it is kept and all goes well."""
    told = checked(ImportInput, request)
    file = told.pop("file")
    told["time_form"] = told["time_form"] or None
    path = uploads.kept(file.chunks())
    try:
        yield path, told, file.name
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if not keep:
        path.unlink(missing_ok=True)
