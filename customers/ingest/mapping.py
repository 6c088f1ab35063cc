"""Which column of a file means what: a guess from the headers, what is missing, and what cannot be."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from customers.errors import CustomersError
from customers.ingest.contents.base import KEPT, Contents


def guess(contents: Contents, columns: Iterable[str]) -> dict[str, str]:
    """The fields that can be told from the headers, each with its column."""
    by_header = {_plain(column): column for column in reversed(list(columns))}
    mapping: dict[str, str] = {}
    for field, headers in contents.headers.items():
        free = (by_header.get(_plain(header)) for header in headers.split())
        column = next((column for column in free if column and column not in mapping.values()), None)
        if column:
            mapping[field] = column
    return mapping


def missing(contents: Contents, mapping: Mapping[str, str]) -> list[str]:
    """The fields without which no row can be read."""
    return [
        field
        for field in contents.required
        if field not in mapping and contents.instead.get(field, field) not in mapping
    ]


def check_mapping(contents: Contents, mapping: Mapping[str, str], columns: Iterable[str]) -> None:
    """Raise a CustomersError that says what to do unless rows can be read with this mapping."""
    headers = list(columns)
    listed = ", ".join(headers)
    if doubled := sorted({header for header in headers if headers.count(header) > 1}):
        message = _("Two columns are called “%(name)s”; rename one.") % {"name": doubled[0]}
        raise CustomersError(message, code="columns_doubled")
    if unknown := sorted(name for name in mapping if name not in contents.fields and not _keeps(contents, name)):
        message = _("There is no field “%(name)s”; the fields are %(fields)s.")
        raise CustomersError(message % {"name": unknown[0], "fields": ", ".join(contents.fields)}, code="field_unknown")
    if absent := sorted(set(mapping.values()) - set(headers)):
        message = _("The file has no column “%(name)s”; its columns are %(columns)s.")
        raise CustomersError(message % {"name": absent[0], "columns": listed}, code="column_unknown")
    if fields := missing(contents, mapping):
        message = _("No column was found for %(fields)s. Say which it is; the file's columns are %(columns)s.")
        raise CustomersError(message % {"fields": ", ".join(fields), "columns": listed}, code="columns_missing")


def _keeps(contents: Contents, name: str) -> bool:
    return name.startswith(KEPT) and contents.others is not None


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", header)).casefold()
