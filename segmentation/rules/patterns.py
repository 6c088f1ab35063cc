"""Regular expressions: RE2, which takes linear time whatever the pattern. The language's one outside library."""

from functools import lru_cache
from typing import Any

import re2

LONGEST = 256
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
# Only whether there is a match is asked; where its brackets lie would take the slow way to find out, 300 times as long.
_OPTIONS.never_capture = True


class BadPattern(ValueError):
    """Not a pattern that RE2 takes; the message is RE2's."""


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """The pattern, ready to search. Raises BadPattern; look-around and back-references are none of RE2's."""
    try:
        return re2.compile(pattern, options=_OPTIONS)
    except re2.error as e:
        raise BadPattern(str(e.args[0].decode() if isinstance(e.args[0], bytes) else e.args[0])) from e


def found(pattern: str, text: str) -> bool:
    """Whether the pattern is found anywhere in the text.

    >>> found("^SKU-[0-9]+$", "SKU-17"), found("17", "SKU-17"), found("^17", "SKU-17")
    (True, True, False)
    """
    return compiled(pattern).search(text) is not None


def names_classes(pattern: str) -> bool:
    r"""Whether it may name Unicode classes (\p{Han}): what these hold differs between versions of RE2."""
    return "\\p" in pattern or "\\P" in pattern
