"""Formats of files that can be imported: one file each, found by content."""

from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from customers import plugins
from customers.errors import CustomersError
from customers.ingest.sources.base import TableFile, TableFormat


@cache
def sources() -> dict[str, TableFormat]:
    """All formats by key; last resorts last."""
    found = plugins.load_all(__name__, TableFormat)
    return dict(sorted(found.items(), key=lambda entry: (entry[1].last_resort, entry[0])))


def open_table(path: Path) -> tuple[str, TableFile]:
    """The format's key, and the file looked into. Raises a CustomersError that says what to do instead."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise CustomersError(f"{path}: {error.strerror}", code="file_unreadable") from None
    if not head.strip():
        raise CustomersError(_("This file is empty; export it again."), code="file_empty")
    key = next((key for key, source in sources().items() if source.reads(head)), None)
    if key is None:
        raise CustomersError(
            _("This is neither CSV, XLSX, Parquet nor JSON Lines. From a spreadsheet, save the sheet as “CSV UTF-8”."),
            code="format_unknown",
        )
    return key, sources()[key].open(path)
