"""When something really happened, although the sender's clock may be wrong."""

from datetime import UTC, datetime, timedelta

# No clock is believed that puts an event further ahead than this.
FUTURE = timedelta(hours=24)
# Numbers above are milliseconds since 1970, below seconds.
_MILLISECONDS_FROM = 1e11
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def moment(value: object) -> datetime | None:
    """A time as clients write one (ISO 8601, seconds or milliseconds since 1970; UTC if it names no zone).

    None for a missing one. Raises ValueError for what is none.

    >>> moment("2026-03-17T04:00:00.250Z") == moment(1773720000250)
    True
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a time")
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else _since_1970(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("not a time") from error
    if found < _EARLIEST:
        raise ValueError("too long ago")
    return found


def corrected(*, happened: datetime | None, sent: datetime | None, received: datetime) -> datetime:
    """The time by our clock: as long before it was received as, by the sender's clock, before it was sent.

    Segment's rule: receivedAt - (sentAt - originalTimestamp). Never more than a day ahead of us.
    """
    if happened is None:
        return received
    try:
        time = received - (sent - happened) if sent else happened
    except OverflowError:
        return received
    return received if time > received + FUTURE else time


def _since_1970(number: float) -> datetime:
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    return datetime.fromtimestamp(seconds, UTC)
