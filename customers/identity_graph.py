"""Who is the same person: a function of all that was told, so that the order in which it came in does not matter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

USER = "user_id"


class Name(NamedTuple):
    """An identity as the graph sees it; `has_facts`: something was told under this very name."""

    kind: str
    value: str
    has_facts: bool


@dataclass(frozen=True)
class Link:
    """Two identities (by id) were told to be the same person's. `strong`: said so in as many words (alias, merge)."""

    first: int
    second: int
    at: datetime
    strong: bool


def people(names: Mapping[int, Name], links: Iterable[Link]) -> dict[int, list[int]]:
    """The persons: ids of the identities of each, by the id of the identity that stands for it.

    Aliases and merges always hold. Identities seen together are joined in the order of time, unless that would make
    one person of two user ids: whoever was seen first with a shared device keeps it.

    >>> ann, bea, tablet = Name("user_id", "ann", True), Name("user_id", "bea", True), Name("device", "t", False)
    >>> early, late = datetime(2026, 3, 1), datetime(2026, 3, 2)
    >>> seen = [Link(2, 3, late, False), Link(1, 3, early, False)]
    >>> people({1: ann, 2: bea, 3: tablet}, seen)
    {1: [1, 3], 2: [2]}
    """
    groups = _Groups(names)
    ordered = sorted(links, key=lambda link: _rank(link, names))
    for link in ordered:
        if link.strong:
            groups.join(link.first, link.second)
    for link in ordered:
        if not link.strong and not groups.are_two_users(link.first, link.second):
            groups.join(link.first, link.second)
    left = {link.first for link in ordered if link.strong}
    found = (sorted(group) for group in groups.all())
    return {_stands_for(group, names, left): group for group in sorted(found)}


def _rank(link: Link, names: Mapping[int, Name]) -> tuple:
    """By time; at the same time by what the identities are called, never by the order in which they came in."""
    return link.at, names[link.first][:2], names[link.second][:2]


def _stands_for(group: list[int], names: Mapping[int, Name], left: set[int]) -> int:
    """A user id under which facts were told, rather one that was not given up for another; else any with facts."""

    def rank(identity: int) -> tuple:
        name = names[identity]
        return not name.has_facts, name.kind != USER, identity in left, name.kind, name.value

    return min(group, key=rank)


class _Groups:
    """Groups of identities that are joined one by one."""

    def __init__(self, names: Mapping[int, Name]) -> None:
        self._group = {identity: [identity] for identity in names}
        self._has_user = {identity: name.kind == USER for identity, name in names.items()}
        self._head = {identity: identity for identity in names}

    def are_two_users(self, first: int, second: int) -> bool:
        heads = {self._head[first], self._head[second]}
        return len(heads) == 2 and all(self._has_user[head] for head in heads)

    def join(self, first: int, second: int) -> None:
        small, large = sorted((self._head[first], self._head[second]), key=lambda head: len(self._group[head]))
        if small == large:
            return
        for identity in self._group[small]:
            self._head[identity] = large
        self._group[large] += self._group.pop(small)
        self._has_user[large] |= self._has_user.pop(small)

    def all(self) -> Iterable[list[int]]:
        return self._group.values()
