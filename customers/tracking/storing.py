"""What came in is stored, or set aside with the reason, in one transaction; who waits meanwhile shares the next one."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from django.db import IntegrityError, transaction

from customers import touched
from customers.ingest import settled
from customers.ingest.pipeline import ingest
from customers.ingest.records import EventRecord
from customers.locks import in_line
from customers.tracking import books, quarantine
from customers.tracking.bodies import Message, Unreadable
from customers.tracking.messages import Envelope, MessageError, Tracked, record_of
from customers.tracking.quarantine import SetAside

# Messages of one transaction, so that other writers get their turn.
AT_ONCE = 2000


@dataclass
class Intake:
    """The messages of one request: those understood, and those to be set aside."""

    envelope: Envelope
    records: list[Tracked] = field(default_factory=list)
    # What each record was made of, in the same order.
    messages: list[Message] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.records) + len(self.aside)


def read(messages: Sequence[Message], envelope: Envelope, largest: int) -> Intake:
    """Understand each message; what cannot be understood is set aside and harms no other."""
    intake = Intake(envelope)
    for message in messages:
        try:
            if isinstance(message, Unreadable):
                raise MessageError("not_json")
            if largest:
                quarantine.check_size(message, largest)
            record = record_of(message, envelope)
        except MessageError as error:
            intake.aside.append(SetAside(message, error.code, envelope))
        else:
            intake.records.append(record)
            intake.messages.append(message)
    return intake


class Desk:
    """Takes in requests of several threads at once. Whoever finds it free stores what all of them brought.

    Under load transactions become larger instead of more: that is what makes it fast.
    """

    def __init__(self, store: Callable[[Sequence[Intake]], None]) -> None:
        self._store = store
        self._mutex, self._turn = Lock(), Lock()
        self._waiting: list[_Brought] = []

    def take(self, intake: Intake) -> None:
        """Return when it is stored; raise what stopped it."""
        brought = _Brought(intake)
        with self._mutex:
            self._waiting.append(brought)
        with self._turn:
            while not brought.done:
                self._serve(self._next())
        if brought.error:
            raise brought.error

    def _next(self) -> list["_Brought"]:
        with self._mutex:
            count, size = 0, 0
            while count < len(self._waiting) and (count == 0 or size + self._waiting[count].intake.size <= AT_ONCE):
                size += self._waiting[count].intake.size
                count += 1
            served, self._waiting = self._waiting[:count], self._waiting[count:]
            return served

    def _serve(self, served: list["_Brought"]) -> None:
        if len(served) > 1:
            # One of them may be what stops all: then each is tried by itself.
            with suppress(Exception):
                self._store([brought.intake for brought in served])
                for brought in served:
                    brought.done = True
                return
        for brought in served:
            try:
                self._store([brought.intake])
            except Exception as error:
                brought.error = error
            brought.done = True


@dataclass
class _Brought:
    intake: Intake
    done: bool = False
    error: Exception | None = None


def store(intakes: Sequence[Intake]) -> None:
    """Facts, messages set aside and the books of the minute, all or nothing."""
    try:
        _store(intakes, min(intake.envelope.received for intake in intakes))
    except IntegrityError:
        # A customer that this process remembered is gone.
        settled.forget()
        raise


def _store(intakes: Sequence[Intake], received: datetime) -> None:
    with in_line("intake"), transaction.atomic():
        report = ingest([record for intake in intakes for record in intake.records], received_at=received)
        touched.mark(report.touched, received)
        made_of = {
            id(record): SetAside(message, "", intake.envelope)
            for intake in intakes
            for record, message in zip(intake.records, intake.messages, strict=True)
        }
        refused = [replace(made_of[id(refusal.record)], reason=refusal.code) for refusal in report.refused]
        kept = quarantine.keep([*(one for intake in intakes for one in intake.aside), *refused])
        # What is told of customers who were erased counts with what is sent again: nothing of it is kept.
        passed_over = Counter([*report.duplicates, *report.suppressed])
        _close(intakes, passed_over, {id(refusal.record) for refusal in report.refused}, kept)


def _close(intakes: Sequence[Intake], again: Counter[str], refused: set[int], kept: Sequence[SetAside]) -> None:
    """Count for each source what became of its messages."""
    counts: dict[books.Page, books.Counts] = defaultdict(books.Counts)
    for one in kept:
        counts[books.page_of(one.envelope)].quarantined += 1
    # What was sent again came last.
    for intake in reversed(intakes):
        minute = counts[books.page_of(intake.envelope)]
        for record in reversed(intake.records):
            if id(record) in refused:
                continue
            if not isinstance(record, EventRecord):
                minute.profiles += 1
            elif again[record.message_id]:
                again[record.message_id] -= 1
                minute.duplicates += 1
            else:
                minute.events += 1
    books.add(counts)
