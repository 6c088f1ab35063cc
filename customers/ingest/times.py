"""How a file writes its times: one form for the whole file, so that 3/4 does not mean March in one row only."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time

from django.utils import timezone

from customers.ingest.contract import fit
from customers.models import ValueType

ISO = "ISO 8601"
# Tried in this order.
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


def time_forms(values: Iterable[object]) -> list[str]:
    """The form that reads most of the values; and others that read as many and understand them differently.

    More than one: no row tells day and month apart, and a person has to.

    >>> time_forms(["03/04/2026", "11/12/2026"])
    ['%m/%d/%Y', '%d/%m/%Y']
    >>> time_forms(["03/04/2026", "13/12/2026"])
    ['%d/%m/%Y']
    """
    sample = [value for value in values if value not in {None, ""}]
    read = {form: [reader(value) for value in sample] for form in FORMS for reader in [time_reader(form)]}
    readable = {form: sum(time is not None for time in times) for form, times in read.items()}
    best = [form for form in FORMS if readable[form] == max(readable.values())]
    if not readable[best[0]]:
        return best[:1]
    return [form for place, form in enumerate(best) if all(read[form] != read[other] for other in best[:place])]


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
