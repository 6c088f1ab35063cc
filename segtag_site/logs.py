"""How log lines look: text, or one JSON object a line. Neither says who a customer is.

E-mail addresses and phone numbers in a message are hidden. Of an exception its kind and its places are told, not its
text, because the text of an exception can hold anything (a database tells the value that it refused).
"""

import json
import logging
import re
import traceback
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

HIDDEN = "[hidden]"
_EMAIL = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+\.[^\s@<>\"'(),;:=]+")
# Ten digits or more, with what people put between them; but no date, and no part of an id.
_PHONE = re.compile(r"(?<![\w.-])(?!\d{4}-\d\d-\d\d)\+?\d(?:[ ()-]{0,2}\d){9,14}(?![\w-])")

# The request that is being answered; lines of one request can be found by it.
request_id: ContextVar[str] = ContextVar("request_id", default="")


def without_contacts(text: str) -> str:
    """
    >>> without_contacts("ada@example.com and +86 138 0013 8000 at 2026-11-24 09:00:00, run 12")
    '[hidden] and [hidden] at 2026-11-24 09:00:00, run 12'
    """
    return _PHONE.sub(HIDDEN, _EMAIL.sub(HIDDEN, text))


class Lines(logging.Formatter):
    """Text for people."""

    def format(self, record: logging.LogRecord) -> str:
        line = without_contacts(f"{_time(record)} {record.levelname} {record.name} {record.getMessage()}")
        if record.exc_info and record.exc_info[0]:
            kind, places = _exception(record)
            line = "\n".join([line, *(f"  {place}" for place in places), kind])
        return line


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message; and request and exception where there are."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_contacts(record.getMessage()),
        }
        if request_id.get():
            told["request"] = request_id.get()
        if record.exc_info and record.exc_info[0]:
            told["exception"], told["at"] = _exception(record)
        return json.dumps(told, ensure_ascii=False)


def request_ids(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: gives each request an id, told in the log and in the answer's `X-Request-ID`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Stays until the thread's next request: Django writes its own lines when all middleware is done.
        request_id.set(uuid.uuid4().hex)
        response = answer(request)
        response["X-Request-ID"] = request_id.get()
        return response

    return middleware


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _exception(record: logging.LogRecord) -> tuple[str, list[str]]:
    """Its kind, and where it was raised, innermost last."""
    kind, _error, frames = record.exc_info or (None, None, None)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(frames)]
    return (f"{kind.__module__}.{kind.__qualname__}" if kind else ""), places
