"""Files of order lines, and what became of their rows."""

import csv
import io
from pathlib import Path

from customers.import_selectors import import_books
from customers.imports import create_import, run_import
from customers.models import ImportBatch

HEADER = ["order_id", "customer_id", "time", "sku", "quantity", "price", "name"]
LINE = ["A1", "007", "2026-03-17 09:00", "0042", "2", "1.5", "苹果"]


def line(**changes: str) -> list[str]:
    return [changes.get(field, value) for field, value in zip(HEADER, LINE, strict=True)]


def text_of(*lines: list[str], header: list[str] = HEADER, separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([header, *lines])
    return text.getvalue()


def load(path: Path, **known: object) -> ImportBatch:
    return run_import(batch=create_import(path=path, **known), path=path)


def books(batch: ImportBatch) -> dict[str, int]:
    found = import_books(batch)
    assert found.close
    return {entry.outcome: entry.rows for entry in found.entries if entry.rows}
