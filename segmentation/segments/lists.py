"""An uploaded list of customers, sorted into its books: lines = matched + unknown + twice + invalid."""

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from pyroaring import BitMap

from segmentation.listed import customers_called, lines_of, text_of
from segmentation.segments.fixed_models import FixedMembers
from segmentation.tags.given import merged_customers

BOOKS = ("rows", "matched", "unmatched", "duplicate", "invalid")
LONGEST_ID = 200
# First lines that name the column and no customer.
HEADERS = {(name,) for name in ("user_id", "userid", "customer", "customer_id", "id", "用户id", "用户编号", "客户编号")}

# Line number, what stood there, its book, the reason.
Refused = tuple[int, str, str, str]


@dataclass
class Sheet:
    """A list as it was read: whom it names, its books, and every refused line."""

    members: BitMap = field(default_factory=BitMap)
    books: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(BOOKS, 0)))
    refused: list[Refused] = field(default_factory=list)

    def refuse(self, number: int, text: str, book: str, reason: str) -> None:
        self.books[book] += 1
        self.refused.append((number, text[:LONGEST_ID], book, reason))


def read(data: bytes) -> Sheet:
    """One user id a line, CSV of one column; the first line may be a header.

    A customer whom two ids name, or who was merged, counts once. Raises SegmentationError for what is no text.
    """
    lines = list(lines_of(text_of(data), HEADERS))
    called = customers_called({row[0].strip() for _number, row in lines if len(row) == 1}, merged_customers())
    sheet = Sheet()
    for number, row in lines:
        sheet.books["rows"] += 1
        _sort(sheet, number, row, called)
    return sheet


def _sort(sheet: Sheet, number: int, row: list[str], called: dict[str, int]) -> None:
    name = row[0].strip()
    if len(row) != 1:
        sheet.refuse(number, ",".join(row), "invalid", "columns")
    elif len(name) > LONGEST_ID:
        sheet.refuse(number, name, "invalid", "too_long")
    elif name not in called:
        sheet.refuse(number, name, "unmatched", "unknown_customer")
    elif called[name] in sheet.members:
        sheet.refuse(number, name, "duplicate", "duplicate")
    else:
        sheet.books["matched"] += 1
        sheet.members.add(called[name])


def packed(refused: list[Refused]) -> bytes:
    """The refused lines as they are kept."""
    return zlib.compress(msgspec.msgpack.encode(refused)) if refused else b""


def refused_of(fixed: FixedMembers) -> Iterator[Refused]:
    """The refused lines of a list that was taken."""
    data = bytes(fixed.refused)
    yield from msgspec.msgpack.decode(zlib.decompress(data), type=list[Refused]) if data else []
