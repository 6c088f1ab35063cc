"""The definition of a tag in words, line by line, for its page."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from segmentation.errors import SegmentationError
from segmentation.profiles import catalog
from segmentation.profiles.selectors import label_of
from segmentation.profiles.units import in_words
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.telling import rule_in_words
from segmentation.tags.models import Tag, in_language
from segmentation.tags.studio_forms import ADVICE, BLOCKS

# What is said of, and what is said.
Line = tuple[str, str]
Definition = dict[str, Any]


def definition_in_words(tag: Tag) -> list[Line]:
    """What the live version says; empty for a kind that has no words here, or a tag that is not live."""
    return words_of(tag.kind, tag.live_version.definition) if tag.live_version else []


def words_of(kind: str, definition: Definition) -> list[Line]:
    """What a definition of this kind says; empty for a kind that has no words here."""
    tell = TELLERS.get(kind)
    return tell(definition) if tell else []


def _rule(definition: Definition) -> list[Line]:
    lines = [(_name(value), rule_in_words(value["rule"])) for value in definition["values"]]
    rest = definition.get("otherwise")
    return [*lines, (_name(rest), _("Everybody else."))] if rest else lines


def _statistic(definition: Definition) -> list[Line]:
    key = definition["feature"]
    if definition["by"] == "quantiles":
        cuts = _("cut so that these shares of the customers lie below: %s") % _listed(
            f"{number_format(100 * cut)} %" for cut in definition["cuts"]
        )
    else:
        unit = catalog.feature(key).unit
        cuts = _("cut at %s") % _listed(in_words(cut, unit) for cut in definition["cuts"])
    return [(_feature(key), cuts)]


def _rfm(definition: Definition) -> list[Line]:
    high = {
        "above_mean_score": _("High is a score above the mean of all scores."),
        "above_mean_value": _("High is a value better than the mean of all values."),
        "score_4": _("High is a score of 4 or 5."),
    }[definition["high"]]
    bounds = _("Scores 1 to 5 by fixed bounds.") if definition["bounds"] else _("Scores 1 to 5 by fifths of customers.")
    parts = (("recency", _("Recency")), ("frequency", _("Frequency")), ("monetary", _("Money")))
    return [*((label, _feature(definition[part])) for part, label in parts), (_("Scores"), f"{bounds} {high}")]


def _preference(definition: Definition) -> list[Line]:
    event = rule_catalog().events.get(definition["event"])
    field = event.item_properties.get(definition["property"]) if event else None
    of = in_language(field.labels.zh, field.labels.en) if field else ""
    days = definition["past_days"]
    when = ngettext("in the past day", "in the past %(days)d days", days) % {"days": days} if days else _("at any time")
    least = ngettext("at least one item", "at least %(items)d items", definition["least_items"])
    told = [least % {"items": definition["least_items"]}]
    if definition["least_index"]:
        told.append(
            _("at least %(times)s times the share that it has of everybody's items")
            % {"times": number_format(definition["least_index"])}
        )
    return [(_("Learnt from"), f"{of or definition['property']}, {when}"), (_("A preference is"), _listed(told))]


def cluster_in_words(definition: Definition) -> list[Line]:
    """By what, how and into how many groups a clustering's definition asks to be made."""
    first, last = definition["between"]
    chosen = _("as many as fit best, from %(first)d to %(last)d") % {"first": first, "last": last}
    groups = number_format(definition["k"]) if definition["k"] else chosen
    lines = [(_("Alike in"), _listed(map(_feature, definition["features"])))]
    if definition.get("blocks"):
        told = [f"{BLOCKS[key]} × {number_format(weight)}" for key, weight in definition["blocks"].items()]
        lines.append((_("And, by weight"), _listed(told)))
    if definition["algorithm"] in ADVICE:
        lines.append((_("Algorithm"), str(ADVICE[definition["algorithm"]][0])))
    if definition["algorithm"] not in {"dbscan", "hdbscan"}:
        lines.append((_("Groups"), groups))
    if definition["among"]:
        lines.append((_("Only among"), rule_in_words(definition["among"])))
    return lines


def _first_last(definition: Definition) -> list[Line]:
    which = _("first") if definition["which"] == "first" else _("last")
    return [(_("Learnt from"), f"{definition['event']} · {definition['property']} · {which}")]


def _distribution(definition: Definition) -> list[Line]:
    cuts = _("cut at %s") % _listed(number_format(cut) for cut in definition["cuts"])
    return [(definition["event"], f"{definition['unit']}, {cuts}")]


def _formula(definition: Definition) -> list[Line]:
    inputs = [(name, _source(one)) for name, one in definition["inputs"].items()]
    return [(_("Formula"), definition["expression"]), *inputs]


def _source(one: dict[str, Any]) -> str:
    if "feature" in one:
        return _feature(one["feature"])
    return f"{one['tag']}: " + _listed(f"{value} = {number_format(score)}" for value, score in one["scores"].items())


def _priority(definition: Definition) -> list[Line]:
    return [(_("In this order"), " → ".join(source["tag"] for source in definition["sources"]))]


def _lifecycle(definition: Definition) -> list[Line]:
    levels = [(_name(level), _("from %s") % number_format(level["at_least"])) for level in definition["levels"]]
    cycles = {
        "month": _("month"),
        "quarter": _("quarter"),
        "half_year": _("half-year"),
        "year": _("year"),
        "never": _("never"),
    }
    falls = _("Up at once; down only when a cycle ends (%s).") % cycles[definition["cycle"]]
    return [(_feature(definition["feature"]), falls), *levels]


TELLERS: dict[str, Callable[[Definition], list[Line]]] = {
    "rule": _rule,
    "statistic": _statistic,
    "rfm": _rfm,
    "preference": _preference,
    "cluster": cluster_in_words,
    "first_last": _first_last,
    "distribution": _distribution,
    "formula": _formula,
    "priority": _priority,
    "lifecycle": _lifecycle,
}


def _name(value: dict[str, str]) -> str:
    return in_language(value["zh"], value["en"])


def _feature(key: str) -> str:
    try:
        return label_of(catalog.feature(key))
    except (LookupError, SegmentationError):
        return key


def _listed(texts: Iterable[str]) -> str:
    return _(", ").join(texts)
