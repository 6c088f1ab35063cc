"""From the bytes of a request to messages: unpacked within bounds, read message by message.

One message that cannot be read harms no other: the clients would send all of them again, or throw all of them away.
"""

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec

LARGEST_BODY = 16 * 1024 * 1024
MOST_MESSAGES = 5000
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
# Strings, brackets and commas of JSON; all that is needed to find where the messages of a batch begin and end.
# Possessive, and content with a string that never ends: linear whatever is sent.
_MARKS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)
_BATCH = re.compile(rb'"batch"\s*:\s*\[')

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class BodyError(Exception):
    """A request that cannot be read at all; sending it again cannot help."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


TOO_LARGE = BodyError(413, "too_large", f"A request has at most {LARGEST_BODY} bytes.")


class Unreadable(msgspec.Struct, frozen=True):
    """A message of a batch that is no JSON object, as it came."""

    raw: bytes


Message = dict[str, Any] | Unreadable


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its gzip coding, whatever the header says; never more than `LARGEST_BODY`."""
    packed = body.startswith(_GZIP_MAGIC)
    if encoding and encoding not in {"gzip", "x-gzip", "identity"}:
        raise BodyError(415, "unsupported_encoding", "The content encoding is gzip or none.")
    return _inflated(body) if packed else body


def envelope_of(body: bytes) -> tuple[dict[str, Any], list[Message]]:
    """What the batch says of all its messages, and the messages. Raises BodyError for what is no JSON object."""
    try:
        envelope = _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError):
        return _one_by_one(body)
    batch = envelope.pop("batch", None)
    if not isinstance(batch, list):
        raise BodyError(400, "no_batch", 'A batch has a list "batch".')
    return envelope, [_message(part) for part in _few(batch)]


def single(body: bytes) -> Message:
    """The one message of a request that holds one."""
    if not body.strip().startswith(b"{"):
        raise BodyError(400, "not_json", "The body is not a JSON object.")
    return read(body)


def text_of(message: Message) -> bytes:
    """The message as JSON text, or as it came."""
    if isinstance(message, Unreadable):
        return message.raw
    try:
        return msgspec.json.encode(message)
    except (UnicodeEncodeError, RecursionError, ValueError):
        return json.dumps(message).encode()


def _message(part: object) -> Message:
    return part if isinstance(part, dict) else Unreadable(msgspec.json.encode(part))


def _few(batch: list[Any]) -> list[Any]:
    if len(batch) > MOST_MESSAGES:
        raise BodyError(413, "too_many", f"A batch has at most {MOST_MESSAGES} messages.")
    return batch


def _inflated(body: bytes) -> bytes:
    """Members of a gzip file, one after another, until the bound is reached."""
    parts: list[bytes] = []
    left = LARGEST_BODY
    while body:
        member = zlib.decompressobj(_GZIP)
        try:
            part = member.decompress(body, left + 1)
        except zlib.error:
            raise BodyError(400, "not_gzip", "The gzip coding of the body is broken.") from None
        left -= len(part)
        if left < 0:
            raise TOO_LARGE
        if not member.eof:
            raise BodyError(400, "not_gzip", "The gzip coding of the body is cut off.")
        parts.append(part)
        body = member.unused_data
    return b"".join(parts)


def _one_by_one(body: bytes) -> tuple[dict[str, Any], list[Message]]:
    """The slow way, for a body that holds something which strict JSON forbids or which is nested too deeply."""
    body = _as_utf8(body)
    begin = _BATCH.search(body)
    if begin is None:
        raise BodyError(400, "not_json", "The body is not a JSON object with a list of messages.")
    parts, end = _split(body, begin.end())
    rest = read(body[: begin.end()] + body[end:])
    if isinstance(rest, Unreadable):
        raise BodyError(400, "not_json", "The body is not a JSON object.")
    rest.pop("batch", None)
    return rest, [read(part) for part in _few(parts)]


def _split(body: bytes, start: int) -> tuple[list[bytes], int]:
    """The texts of a list's members, and where its closing bracket stands."""
    parts, depth, since = [], 0, start
    for mark, at in _marks(body, start):
        if mark in b"[{":
            depth += 1
        elif mark in b"]}":
            depth -= 1
            if depth < 0:
                parts.append(body[since:at])
                return [part for part in parts if part.strip()], at
        elif depth == 0:
            parts.append(body[since:at])
            since = at + 1
    raise BodyError(400, "not_json", "The body ends in the middle.")


def _marks(body: bytes, start: int) -> Iterator[tuple[bytes, int]]:
    for found in _MARKS.finditer(body, start):
        if found[0][:1] != b'"':
            yield found[0], found.start()


def read(raw: bytes) -> Message:
    """Strictly if possible; else as Python's clients write it, NaN and Infinity becoming null."""
    try:
        return _decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError):
        pass
    try:
        read = json.loads(_as_utf8(raw), parse_constant=lambda name: None, parse_float=_finite)
    except (ValueError, RecursionError):
        return Unreadable(raw)
    return read if isinstance(read, dict) else Unreadable(raw)


def _finite(text: str) -> float | None:
    number = float(text)
    return number if abs(number) != float("inf") else None


def _as_utf8(body: bytes) -> bytes:
    """Bytes that are no UTF-8 become the replacement character."""
    return body.decode("utf-8", "replace").encode()
