"""Uploaded lists of customers: the text in a file, its lines, and whom its user ids mean now."""

import codecs
import csv
import io
from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from customers.models import Identity
from segmentation.errors import SegmentationError

LOOKED_UP_AT_ONCE = 900
_MARKED = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def text_of(data: bytes) -> str:
    """The text in UTF-8, in UTF-16 with its mark, or in GB18030. Raises SegmentationError "encoding_unknown"."""
    marked = [name for mark, name in _MARKED.items() if data.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SegmentationError(
        _("This file is neither UTF-8 nor GB18030 text; save it as “CSV UTF-8” and try again."),
        code="encoding_unknown",
        where="file",
    )


def lines_of(text: str, headers: Collection[tuple[str, ...]]) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, numbered from 1 as an editor does, without a first line that is a header.

    Raises SegmentationError "csv_broken" where a quote is never closed.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    first = True
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                if not (first and tuple(cell.strip().lower() for cell in row) in headers):
                    yield reader.line_num, row
                first = False
    except csv.Error as error:
        raise SegmentationError(
            _("Line %(line)d cannot be read (%(error)s); mend its quotes.") % {"line": reader.line_num, "error": error},
            code="csv_broken",
            where="file",
        ) from None


def customers_called(user_ids: set[str], merged: dict[int, int]) -> dict[str, int]:
    """The customers with these user ids, `merged` telling who became whom."""
    asked = sorted(name for name in user_ids if name and "\0" not in name)
    found: dict[str, int] = {}
    for start in range(0, len(asked), LOOKED_UP_AT_ONCE):
        some = asked[start : start + LOOKED_UP_AT_ONCE]
        rows = Identity.objects.filter(kind=Identity.Kind.USER_ID, value__in=some).values_list("value", "customer_id")
        found |= {value: merged.get(pk, pk) for value, pk in rows}
    return found
