"""The meaning of rules: plain, slow and obvious. Every engine must agree with it."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from segmentation.rules.days import Moment
from segmentation.rules.nodes import Leaf, Rule, leaves
from segmentation.rules.parse import predicate
from segmentation.rules.populations import belongs
from segmentation.rules.predicates.base import Memberships
from segmentation.rules.predicates.top import TopLeaf
from segmentation.rules.rows import Person
from segmentation.rules.trees import tree_holds
from segmentation.rules.vocabulary import Reference


def is_member(rule: Rule, person: Person, *, as_of: datetime, memberships: Memberships) -> bool:
    """Whether the rule, asked at `as_of`, means this customer."""
    moment = Moment(as_of, ZoneInfo(rule.timezone))
    if not belongs(rule.base, person, moment):
        return False
    return tree_holds(rule.root, lambda leaf: holds(leaf, person, moment, memberships))


def holds(leaf: Leaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
    """Whether one leaf is true of this customer; never neither."""
    return predicate(leaf.predicate).holds(leaf, person, moment, memberships)


def ranked(rule: Rule, people: Iterable[Person], moment: Moment) -> dict[Reference, set[int]]:
    """Who is in by rank, for each leaf that ranks all customers: memberships for `holds`, to be worked out once."""
    leaves_that_rank = [leaf for leaf in leaves(rule).values() if isinstance(leaf, TopLeaf)]
    top = predicate("top")
    return {top.reference(leaf): top.together(leaf, people, moment) for leaf in leaves_that_rank}  # type: ignore[attr-defined]
