"""Formats of order files: one file each, found by content."""

import inspect
import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from django.utils.translation import gettext as _

from customers.errors import CustomersError
from customers.ingest.sources.base import OrdersFile, OrdersSource


@cache
def sources() -> dict[str, OrdersSource]:
    """All formats by key, which is the name of the file; last resorts last."""
    keys = (module.name for module in pkgutil.iter_modules(__path__) if module.name != "base")
    found = {key: _only_source(key) for key in keys}
    return dict(sorted(found.items(), key=lambda entry: (entry[1].last_resort, entry[0])))


def open_orders(path: Path) -> tuple[str, OrdersFile]:
    """The format's key, and the file looked into. Raises a CustomersError that says what to do instead."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise CustomersError(f"{path}: {error.strerror}", code="file_unreadable") from None
    if not head.strip():
        raise CustomersError(_("This file is empty; export the orders again."), code="file_empty")
    key = next((key for key, source in sources().items() if source.reads(head)), None)
    if key is None:
        raise CustomersError(
            _("This is neither CSV nor Parquet. From a spreadsheet, save the sheet as “CSV UTF-8”."),
            code="format_unknown",
        )
    return key, sources()[key].open(path)


def _only_source(key: str) -> OrdersSource:
    module = import_module(f"{__name__}.{key}")
    (found,) = (
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, OrdersSource) and value.__module__ == module.__name__
    )
    return found()
