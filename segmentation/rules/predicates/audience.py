"""Belonging to an audience, as it was frozen."""

from collections.abc import Mapping

from segmentation.rules.catalog import Catalog, Group
from segmentation.rules.membership import MembershipPredicate


class Audience(MembershipPredicate):
    """{"audience": "spring-sale"}"""

    def groups(self, catalog: Catalog) -> Mapping[str, Group]:
        return catalog.audiences
