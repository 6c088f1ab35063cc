"""The customers behind any number: a rule in the address of the customer list."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from pyroaring import BitMap

from segmentation.errors import SegmentationError
from segmentation.rules.parse import RuleError
from segmentation.sets.answers import answer
from segmentation.sets.telling import rule_in_words

Leaf = Mapping[str, Any]


@dataclass(frozen=True)
class FoundByRule:
    """A rule and the moment that it is asked about."""

    document: Mapping[str, Any]
    as_of: datetime

    def members(self) -> BitMap:
        """Who fits. Raises Http404 for a rule that cannot be answered: the address was not made by us, or is old."""
        try:
            return answer(self.document, as_of=self.as_of)
        except (RuleError, SegmentationError):
            raise Http404 from None

    @property
    def words(self) -> str:
        return rule_in_words(dict(self.document))


def customers_address(conditions: list[Leaf], as_of: datetime) -> str:
    """The list of the customers who fit all these conditions."""
    rule = json.dumps({"all": conditions}, ensure_ascii=False, separators=(",", ":"))
    return reverse("customers:list", query={"rule": rule, "as_of": as_of.isoformat()})


def found_by_rule(request: HttpRequest) -> FoundByRule | None:
    """What the address asks for; None without a rule."""
    if not request.GET.get("rule"):
        return None
    try:
        rule, as_of = json.loads(request.GET["rule"]), parse_datetime(request.GET.get("as_of", ""))
    except ValueError:
        raise Http404 from None
    if as_of is None or not is_aware(as_of):
        raise Http404
    base = {"version": 1, "base": {"population": "all"}, "timezone": settings.TIME_ZONE}
    return FoundByRule({**base, "rule": rule}, as_of)
