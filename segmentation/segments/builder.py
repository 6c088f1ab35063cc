"""A rule's problems at their places, as the rule builder shows them."""

from django.utils.translation import get_language

from segmentation.errors import SegmentationError
from segmentation.rules.problems import RuleError


def problems_for_builder(error: SegmentationError) -> dict[str, list[dict[str, str]]]:
    """The problems of a refused rule, each with its place, as the builder shows them."""
    if isinstance(error, RuleError):
        language = get_language() or "en"
        return {"problems": [{"attr": one.path, "detail": one.text(language)} for one in error.problems]}
    return {"problems": [{"attr": error.where, "detail": error.message}]}
