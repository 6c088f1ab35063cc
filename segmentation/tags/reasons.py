"""Why a customer has a value: the rule in words, or the figures that decide."""

from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from segmentation.errors import SegmentationError
from segmentation.profiles.catalog import feature
from segmentation.profiles.selectors import features_of
from segmentation.rules.catalog import Catalog, Labels
from segmentation.rules.problems import RuleError
from segmentation.scores import store
from segmentation.sets.catalog import rule_catalog
from segmentation.tags.kinds.base import Asked, Value
from segmentation.tags.loading import kind_of
from segmentation.tags.models import Tag, TagValue
from segmentation.tags.values import scores_of


class Reasons:
    """The reasons of one customer's values, in one language. Facts are read once, when first needed."""

    def __init__(self, customer_id: int, language: str) -> None:
        self.customer_id = customer_id
        self.language = language

    def why(self, tag: Tag, value: TagValue) -> str:
        """The reason; says so when the facts behind it are gone."""
        kind = kind_of(tag.kind)
        definition = kind.read(tag.live_version.definition) if tag.live_version else None
        if definition is None or not set(kind.features(definition)) <= self._features.keys():
            return _("The facts behind it are not known any more.")
        as_of = tag.last_run.as_of if tag.last_run else timezone.now()
        score = store.row(scores_of(tag), self.customer_id) if kind.keeps_scores else None
        known = Value(value.key, value.name_zh, value.name_en, value.colour, value.detail)
        try:
            words = kind.why(definition, known, Asked(as_of, self._catalog, self._features, score))
        except RuleError:
            return _("The facts behind it are not known any more.")
        return words.text(self.language, "")

    @cached_property
    def _catalog(self) -> Catalog:
        return rule_catalog()

    @cached_property
    def _features(self) -> dict[str, tuple[Any, str, Labels]]:
        try:
            rows = features_of(self.customer_id, compared=False)
        except SegmentationError:
            return {}
        return {row.key: (row.value, row.unit, _labels(row.key)) for row in rows}


def _labels(key: str) -> Labels:
    about = feature(key)
    return Labels(about.name_zh, about.name_en)
