"""Answers of the API that the cache keeps for a day, so that a request sent again gets the same one.

Jobs' messages in the broker carry the number of a run or an import and nothing else: there is nothing to forget.
"""

import logging
import re
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from redis import Redis
from redis.exceptions import RedisError

from segmentation.privacy.stores.base import Store, Subject

logger = logging.getLogger(__name__)

# How the keys begin: see segtag_site/api_once.py.
KEYS = "*once:*"


class KeptAnswers(Store):
    """Those that name the customer, or hold its number, go. While the cache is down they expire by themselves."""

    label = _("Answers of the API in the cache")
    order = 35
    covers = ()

    def count(self, subject: Subject) -> int:
        return len(self._about(subject))

    def erase(self, subject: Subject) -> None:
        if keys := self._about(subject):
            _cache().delete(*keys)
            _forget_writing()

    def _about(self, subject: Subject) -> list[bytes]:
        try:
            return list(_naming(subject))
        except RedisError:
            logger.warning("The cache is down; what it keeps of customers expires within a day")
            return []


def _naming(subject: Subject) -> Iterator[bytes]:
    names = [name.encode() for name in subject.names]
    numbers = re.compile(rb"(?<![\w-])(" + b"|".join(str(one).encode() for one in subject.ids) + rb")(?![\w-])")
    cache = _cache()
    for key in cache.scan_iter(match=KEYS, count=1000):
        kept = cache.get(key)
        if isinstance(kept, bytes):
            text = kept.lower()
            if numbers.search(kept) or any(name in text for name in names):
                yield key


def _forget_writing() -> None:
    """A server that writes down every command makes that file anew, without what is gone."""
    try:
        _cache().bgrewriteaof()
    except RedisError:  # under way already, or not ours to ask for
        logger.info("The cache's own file is not made anew")


def _cache() -> Redis:
    return Redis.from_url(settings.REDIS_URL)
