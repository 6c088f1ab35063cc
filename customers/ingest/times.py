"""How a file writes its times: one form for the whole file, so that 3/4 does not mean March in one row only."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time

from django.utils import timezone

from customers.ingest.contract import fit
from customers.models import ValueType

ISO = "ISO 8601"
# Tried in this order. Where day and month can be told apart by no row, month first is taken, and the preview says so.
FORMS = (
    ISO,
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%Y%m%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
)


def time_form(values: Iterable[object]) -> str:
    """The form that reads most of the values; the first of those that read equally many."""
    sample = [value for value in values if value not in {None, ""}]
    readers = {form: time_reader(form) for form in FORMS}
    return max(FORMS, key=lambda form: sum(readers[form](value) is not None for value in sample))


def time_reader(form: str) -> Callable[[object], datetime | None]:
    """A function from a value to an aware time, None if it is not written in this form.

    Times without a zone are in the settings' one.
    """
    zone = timezone.get_default_timezone()

    def read(value: object) -> datetime | None:
        match value:
            case datetime():
                return value if value.tzinfo else value.replace(tzinfo=zone)
            case date():
                return datetime.combine(value, time.min, zone)
            case str() if form != ISO:
                try:
                    return datetime.strptime(value.strip(), form).replace(tzinfo=zone)
                except ValueError:
                    return None
            case str():
                return fit(value.strip(), ValueType.DATETIME)[0]  # type: ignore[return-value]
            case _:
                return fit(value, ValueType.DATETIME)[0]  # type: ignore[return-value]

    return read
