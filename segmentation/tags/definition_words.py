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
    """What a definition of this kind says, its named values last; empty for a kind that has no words here."""
    tell = TELLERS.get(kind)
    if not tell:
        return []
    names = definition.get("names")
    return [*tell(definition), (_("Values"), _listed(map(_name, names)))] if names else tell(definition)


def _rule(definition: Definition) -> list[Line]:
    lines = [(_name(value), rule_in_words(value["rule"])) for value in definition["values"]]
    rest = definition.get("otherwise")
    return [*lines, (_name(rest), _("Everybody else."))] if rest else lines


def _statistic(definition: Definition) -> list[Line]:
    key = definition["feature"]
    if definition["by"] == "quantiles":
        cuts = _("cut so that these shares of the customers lie below: %s") % _listed(
            f"{_number(100 * cut)} %" for cut in definition["cuts"]
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
    fixed = definition["bounds"]
    bounds = _("Scores 1 to 5 by fixed bounds.") if fixed else _("Scores 1 to 5 by fifths of customers.")
    parts = (("recency", _("Recency")), ("frequency", _("Frequency")), ("monetary", _("Money")))
    lines = []
    for part, label in parts:
        told = [_feature(definition[part])]
        if fixed:
            told.append(_("cut at %s") % _listed(map(_number, fixed[part])))
        lines.append((label, _listed(told)))
    return [*lines, (_("Scores"), f"{bounds} {high}")]


def _preference(definition: Definition) -> list[Line]:
    event = rule_catalog().events.get(definition["event"])
    field = event.item_properties.get(definition["property"]) if event else None
    of = in_language(field.labels.zh, field.labels.en) if field else ""
    when = _when(definition["past_days"])
    least = ngettext("at least one item", "at least %(items)d items", definition["least_items"])
    told = [least % {"items": definition["least_items"]}]
    if definition["least_index"]:
        told.append(
            _("at least %(times)s times the share that it has of everybody's items")
            % {"times": _number(definition["least_index"])}
        )
    return [(_("Learnt from"), _listed((of or definition["property"], when))), (_("A preference is"), _listed(told))]


def cluster_in_words(definition: Definition) -> list[Line]:
    """By what, how and into how many groups a clustering's definition asks to be made."""
    first, last = definition["between"]
    chosen = _("as many as fit best, from %(first)d to %(last)d") % {"first": first, "last": last}
    groups = _number(definition["k"]) if definition["k"] else chosen
    lines = [(_("Alike in"), _listed(map(_feature, definition["features"])))]
    if definition.get("blocks"):
        told = [f"{BLOCKS[key]} × {_number(weight)}" for key, weight in definition["blocks"].items()]
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
    told = f"{definition['event']} · {definition['property']} · {which}"
    return [(_("Learnt from"), _listed((told, _when(definition.get("past_days")))))]


def _distribution(definition: Definition) -> list[Line]:
    cuts = _("cut at %s") % _listed(_number(cut) for cut in definition["cuts"])
    return [(definition["event"], _listed((definition["unit"], cuts, _when(definition.get("past_days")))))]


def _formula(definition: Definition) -> list[Line]:
    inputs = [(name, _source(one)) for name, one in definition["inputs"].items()]
    return [(_("Formula"), definition["expression"]), *inputs, (_("Bands"), _bands(definition))]


def _source(one: dict[str, Any]) -> str:
    if "feature" in one:
        return _feature(one["feature"])
    return f"{one['tag']}: " + _listed(f"{value} = {_number(score)}" for value, score in one["scores"].items())


def _priority(definition: Definition) -> list[Line]:
    return [(_("In this order"), " → ".join(source["tag"] for source in definition["sources"]))]


def _lifecycle(definition: Definition) -> list[Line]:
    levels = [(_name(level), _("from %s") % _number(level["at_least"])) for level in definition["levels"]]
    cycles = {
        "month": _("month"),
        "quarter": _("quarter"),
        "half_year": _("half-year"),
        "year": _("year"),
        "never": _("never"),
    }
    falls = _("Up at once; down only when a cycle ends (%s).") % cycles[definition["cycle"]]
    keep = _("A level is kept with %s of what it takes to earn it.") % _share(definition.get("keep", 1))
    fall = _("Whoever falls, falls by one level.")
    if definition.get("fall", "to_earned") == "to_earned":
        fall = _("Whoever falls, falls to the level that is earned now.")
    return [(_feature(definition["feature"]), falls), (_("Kept"), keep), (_("Lost"), fall), *levels]


def _affinity(definition: Definition) -> list[Line]:
    weight = definition.get("weight")
    told = _("Everybody's share counts like %s items.") % _number(weight) if weight else _("Learnt from the data.")
    source = f"{definition['event']} · {definition['property']} · {definition['value']}"
    return [
        (_("Affinity to"), _listed((source, _when(definition.get("past_days"))))),
        (_("Bands in times everybody's share"), _bands(definition)),
        (_("Weight of everybody's share"), told),
    ]


def _predicted(definition: Definition) -> list[Line]:
    goal = {"purchase": _("chance to buy"), "churn": _("chance to stay away"), "value": _("expected spending")}
    days = definition["days"]
    ahead = ngettext("in the next day", "in the next %(days)d days", days) % {"days": days}
    told: str = goal.get(definition["goal"]) or definition["goal"]
    return [(_("Predicted"), _listed((told, ahead))), (_("Bands"), _bands(definition))]


def _collaborative(definition: Definition) -> list[Line]:
    numbers = {key: _number(definition[key]) for key in ("nearest", "floor", "support", "least_lift")}
    until = {
        "users": _("similar customers"),
        "items": _("what is bought"),
        "group": _("the customer's group"),
        "everybody": _("what is usual of everybody"),
    }
    lines = [
        *_learnt_from_tag(definition),
        (
            _("Similar customers"),
            _("the %(nearest)s nearest with a similarity (%(similarity)s) of at least %(floor)s")
            % {**numbers, "similarity": definition["similarity"]},
        ),
        (
            _("Suggested"),
            _("what at least %(support)s of them have, at least %(least_lift)s times as often as usual") % numbers,
        ),
        (_("Asked last"), until[definition["until"]]),
    ]
    return [*lines, (_("Groups"), definition["groups"])] if definition["groups"] else lines


def _propagated(definition: Definition) -> list[Line]:
    graphs = {
        "similar": _("customers who buy alike, each joined with the %s nearest"),
        "bought_together": _("customers joined through what they bought, %s neighbours each"),
    }
    return [
        *_learnt_from_tag(definition),
        (_("Spread over"), graphs[definition["graph"]] % _number(definition["neighbours"])),
        (_("Left at each step"), _share(definition["reach"])),
        (_("Sure enough from"), _share(definition["least_share"])),
    ]


def _learnt_from_tag(definition: Definition) -> list[Line]:
    lines = [
        (_("Learnt from the tag"), definition["tag"]),
        (_("Customers compared by"), _listed((definition["property"], _when(definition["past_days"])))),
    ]
    return [*lines, (_("Values left out"), _listed(definition["ignore"]))] if definition["ignore"] else lines


def _imported(definition: Definition) -> list[Line]:
    return [(_("Source"), _("Lists that are uploaded or come over the API."))]


def _manual(definition: Definition) -> list[Line]:
    return [(_("Source"), _("People give the values to single customers; nothing is computed."))]


def _bands(definition: Definition) -> str:
    """Where the bands of scores are cut, as fixed scores or at shares of the customers."""
    if definition.get("by") == "quantiles":
        shares = _listed(map(_share, definition["cuts"]))
        return _("cut so that these shares of the customers lie below: %s") % shares
    return _("cut at %s") % _listed(map(_number, definition["cuts"]))


def _when(days: int | None) -> str:
    return ngettext("in the past day", "in the past %(days)d days", days) % {"days": days} if days else _("at any time")


def _share(part: float) -> str:
    return f"{_number(round(100 * part, 2))} %"


def _number(number: float) -> str:
    """100 rather than 100.0."""
    return number_format(int(number) if number == int(number) else number)


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
    "affinity": _affinity,
    "predicted": _predicted,
    "collaborative": _collaborative,
    "propagated": _propagated,
    "imported": _imported,
    "manual": _manual,
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
