"""Makes the ready segments from the templates. Only what is not there yet is made, so an operator's edits stay."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from customers.models import AccessLog, Product
from segmentation.people import Person
from segmentation.rules.problems import RuleError
from segmentation.segments.models import Segment
from segmentation.segments.ready import TEMPLATES
from segmentation.segments.services import create_segment
from segmentation.segments.templates import Template


@dataclass
class Installed:
    """What was made, what was there already or was deleted, and what the shop's data do not allow, with the reasons."""

    made: list[Segment] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    skipped: dict[str, list[str]] = field(default_factory=dict)


def install_segments(*, language: str, by: Person = None) -> Installed:
    """Every ready segment that was never there and that the data allow. Reasons are told in `language`."""
    there = {*Segment.everything.values_list("key", flat=True), *_deleted()}
    report = Installed()
    for template in TEMPLATES:
        if template.key in there:
            report.kept.append(template.key)
            continue
        try:
            report.made.append(_make(template, by))
        except RuleError as error:
            report.skipped[template.key] = [problem.text(language) for problem in error.problems]
        except _NothingToChoose:
            report.skipped[template.key] = [_("There is nothing to choose from yet.")]
    return report


def _deleted() -> set[str]:
    """Segments that someone did not want: the log remembers them."""
    return set(AccessLog.objects.filter(action="segment.delete").values_list("object_key", flat=True))


class _NothingToChoose(Exception):
    """A template needs a choice that the shop's data do not offer."""


def _make(template: Template, by: Person) -> Segment:
    chosen = {parameter.key: _chosen(parameter.key) for parameter in template.parameters if parameter.default is None}
    told = f"：{'、'.join(chosen.values())}" if chosen else ""
    return create_segment(
        key=template.key,
        rule=template.document(chosen),
        template=template.key,
        name_zh=template.labels.zh + told,
        name_en=template.labels.en + told.replace("：", ": ").replace("、", ", "),
        description_zh=template.description.zh,
        description_en=template.description.en,
        by=by,
    )


def _chosen(parameter: str) -> str:
    """A fitting choice for this shop. Of categories the second largest: the largest is what everybody buys."""
    if parameter != "category":
        raise _NothingToChoose
    paths = Product.objects.values_list("category_path", flat=True).iterator()
    products = Counter(path[0] for path in paths if path)
    if not products:
        raise _NothingToChoose
    return products.most_common(2)[-1][0]
