"""What pages read about imports: the books, and the rows that were set aside."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.imports import TIME_FORM
from customers.ingest.contents import contents_of
from customers.models import ImportBatch, ImportReject

# What can become of a row, in the order of the books.
OUTCOMES: dict[str, Promise] = {
    "customers": _("customers"),
    "products": _("products"),
    "order_lines": _("order lines"),
    "cancellations": _("cancellations"),
    "consents": _("consents"),
    "events": _("events"),
    "campaigns_received": _("campaigns received"),
    "coupons_redeemed": _("coupons redeemed"),
    "duplicates": _("duplicates of what is stored already"),
    "without_customer": _("without a customer"),
    "erased": _("of customers who were erased, not taken in"),
    "invalid": _("invalid"),
}
REASONS: dict[str, Promise] = {
    "no_customer": _("No customer number"),
    "no_order_number": _("No order number"),
    "no_product_number": _("No product number"),
    "number_too_long": _("Order, customer or product number of more than 100 characters"),
    "time_unreadable": _("The time cannot be read"),
    "time_in_future": _("The time lies in the future"),
    "quantity_not_a_number": _("The quantity is no number"),
    "quantity_not_positive": _("The quantity is not above 0"),
    "price_not_a_number": _("The price is no number"),
    "price_not_positive": _("The price is not above 0"),
    "customer_unknown": _("No customer of this number; import customers first"),
    "email_unreadable": _("The e-mail address cannot be read"),
    "phone_unreadable": _("The phone number cannot be read"),
    "channel_unknown": _("The channel is none of e-mail, SMS, push, post"),
    "answer_unreadable": _("The answer is neither yes nor no"),
    "no_event": _("No event"),
    "json_unreadable": _("The line is no JSON object"),
    "wrong_number_of_columns": _("More or fewer columns than the header"),
    "order_stored_differently": _("The order is stored already, without this line"),
    "too_large": _("The order is larger than 1 MB"),
}
_FORMULA = re.compile(r"[\s\x00-\x1f'\"]*[=+\-@＝＋－＠]|[\t\r\n']")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class BookEntry:
    """How many rows ended up as what; `kept` of them can be looked at and downloaded."""

    outcome: str
    label: Promise | str
    rows: int
    kept: int


@dataclass(frozen=True)
class Books:
    """What became of the rows of an import."""

    entries: list[BookEntry]
    rows_read: int
    rows_total: int | None
    orders: int
    buyers: int

    @property
    def close(self) -> bool:
        """Whether every row that was read is accounted for."""
        return sum(entry.rows for entry in self.entries) == self.rows_read

    @property
    def percent(self) -> int:
        return min(100, self.rows_read * 100 // self.rows_total) if self.rows_total else 0


def imports() -> QuerySet[ImportBatch]:
    """All imports, newest first."""
    return ImportBatch.objects.select_related("by").order_by("-created_at", "-id")


def import_books(batch: ImportBatch) -> Books:
    """The import's books, of what it has read so far."""
    kept = {outcome: batch.rejects.filter(outcome=outcome).count() for outcome in ("without_customer", "invalid")}
    return Books(
        entries=[
            BookEntry(outcome, label, batch.counts[outcome], kept.get(outcome, 0))
            for outcome, label in OUTCOMES.items()
            if outcome in batch.counts
        ],
        rows_read=batch.rows_read,
        rows_total=batch.rows_total,
        orders=batch.counts.get("orders", 0),
        buyers=batch.counts.get("buyers", 0),
    )


def columns_read(batch: ImportBatch) -> list[tuple[Promise | str, str]]:
    """What each column was taken for, and how times were read."""
    if not batch.contents:
        return []
    contents = contents_of(batch.contents)
    labels = {**contents.fields, TIME_FORM: _("Times are written as")}
    return [
        (labels.get(name) or contents.others or name, column)
        for name, column in batch.mapping.items()
        if name != TIME_FORM or "time" in batch.mapping
    ]


def import_rejects(batch: ImportBatch, outcome: str = "") -> QuerySet[ImportReject]:
    """The rows set aside, in the file's order."""
    rejects = batch.rejects.order_by("line")
    return rejects.filter(outcome=outcome) if outcome else rejects


def reason_of(reject: ImportReject) -> str:
    """Why, in the reader's language."""
    return str(REASONS.get(reject.reason, reject.reason))


def rejects_csv(batch: ImportBatch, outcome: str = "") -> Iterator[str]:
    """The rows set aside as CSV, line by line: as they were in the file, with line, outcome and reason."""
    columns = list(batch.rejects.values_list("row", flat=True).first() or ())
    reasons = {code: str(reason) for code, reason in REASONS.items()}
    write = csv.writer(_Echo(), quoting=csv.QUOTE_ALL).writerow
    titles = [gettext("line"), gettext("outcome"), gettext("reason")]
    yield "\ufeff" + write([*titles, *columns])
    rows = import_rejects(batch, outcome).values_list("line", "outcome", "reason", "row")
    for line, became, reason, row in rows.iterator(chunk_size=2000):
        yield write(
            [
                line,
                str(OUTCOMES.get(became, became)),
                reasons.get(reason, reason),
                *(_harmless(row.get(name, "")) for name in columns),
            ]
        )


class _Echo:
    """Gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _harmless(cell: str) -> str:
    """An apostrophe keeps a spreadsheet from running the cell as a formula; numbers stay numbers."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
