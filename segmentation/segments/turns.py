"""Questions of one page that follow each other: who asks anew does not wait for the answer before."""

from collections.abc import Callable
from contextlib import suppress

from django.core.cache import cache
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from segmentation.errors import SegmentationError

# Seconds for which a page's newest question is remembered: longer than any answer takes.
REMEMBERED = 120


class Superseded(SegmentationError):
    """The page has asked again since; nobody waits for this answer."""

    code = "superseded"


def newest(asker: str, turn: int) -> Callable[[], None]:
    """Notes the turn of who asks; what is returned raises Superseded once a later one is there."""
    key = f"preview-turn:{asker}"
    if _newest(key) < turn:
        with suppress(RedisError):
            cache.set(key, turn, REMEMBERED)

    def check() -> None:
        if _newest(key) > turn:
            raise Superseded(_("This page has asked again since."))

    return check


def _newest(key: str) -> int:
    """The newest turn; 0 if the cache does not answer: then every question is answered."""
    with suppress(RedisError):
        return int(cache.get(key, 0))
    return 0
