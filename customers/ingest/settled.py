"""Mentions that change nothing any more: remembered by this process, so that nobody is looked up for every event.

Where facts told under a name are kept never changes, and a link told again at a later time says nothing new, whatever
was merged or separated meanwhile. Only an erasure takes names away; then everything is forgotten.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from django.db import transaction

from customers.identities import Key, Mention

# Kept per process, at about half a kilobyte each.
MOST = 50_000

_Names = tuple[Key, tuple[Key, ...]]
_settled: dict[_Names, tuple[int, datetime]] = {}
_last_erased = 0


def known(mentions: Iterable[Mention], *, last_erased: int) -> tuple[dict[Key, int], list[Mention]]:
    """Where facts of those mentioned are kept, and the mentions that have to be settled.

    `last_erased` is the newest erased name there is.
    """
    global _last_erased
    if last_erased != _last_erased:
        forget()
        _last_erased = last_erased
    ids: dict[Key, int] = {}
    rest: list[Mention] = []
    for mention in mentions:
        found = _settled.get((mention.who, mention.others))
        if found is not None and mention.time >= found[1]:
            ids[mention.who] = found[0]
        else:
            rest.append(mention)
    return ids, rest


def remember(mentions: Iterable[Mention], ids: Mapping[Key, int]) -> None:
    """These were settled. They count as that once the transaction is on disk."""
    earliest: dict[_Names, tuple[int, datetime]] = {}
    for who, time, others in mentions:
        before = earliest.get((who, others))
        if before is None or time < before[1]:
            earliest[who, others] = ids[who], time
    if earliest:
        transaction.on_commit(partial(_keep, earliest))


def forget() -> None:
    """Whatever was remembered is looked up again."""
    _settled.clear()


def _keep(settled: Mapping[_Names, tuple[int, datetime]]) -> None:
    if len(_settled) + len(settled) > MOST:
        forget()
    _settled.update(settled)
