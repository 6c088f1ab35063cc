"""The meaning of rules: plain, slow and obvious. Every engine must agree with it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from segmentation.rules.days import Moment
from segmentation.rules.nodes import Leaf, Rule
from segmentation.rules.parse import predicate
from segmentation.rules.populations import belongs
from segmentation.rules.predicates.base import Memberships
from segmentation.rules.rows import Person
from segmentation.rules.trees import tree_holds


def is_member(rule: Rule, person: Person, *, as_of: datetime, memberships: Memberships) -> bool:
    """Whether the rule, asked at `as_of`, means this customer."""
    moment = Moment(as_of, ZoneInfo(rule.timezone))
    if not belongs(rule.base, person, moment):
        return False
    return tree_holds(rule.root, lambda leaf: holds(leaf, person, moment, memberships))


def holds(leaf: Leaf, person: Person, moment: Moment, memberships: Memberships) -> bool:
    """Whether one leaf is true of this customer; never neither."""
    return predicate(leaf.predicate).holds(leaf, person, moment, memberships)
