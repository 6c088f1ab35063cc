"""Belonging to a segment."""

from collections.abc import Mapping

from segmentation.rules.catalog import Catalog, Group
from segmentation.rules.membership import MembershipPredicate


class Segment(MembershipPredicate):
    """{"segment": "vip"}"""

    def groups(self, catalog: Catalog) -> Mapping[str, Group]:
        return catalog.segments
