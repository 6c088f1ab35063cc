"""The form of the cluster studio: whom, by what, how."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers import plugins
from segmentation.profiles.catalog import all_features
from segmentation.profiles.features.base import SHARE
from segmentation.profiles.selectors import label_of
from segmentation.sets.models import NamedSet
from segmentation.sets.selectors import named_sets
from segmentation.tags.models import Tag, in_language

ALGORITHMS = "segmentation.segments.algorithms"
MOST_GROUPS = 20
BOX = {"class": "form-check-input"}
# What a clustering of shoppers usually begins with.
USUAL = ("recency_days", "frequency", "monetary", "average_order", "discount_share", "category_diversity")
# How each algorithm is called, and when it is the one to take. Said here too, so that a page need not load them all.
ADVICE = {
    "auto": (
        gettext_lazy("Automatic"),
        gettext_lazy("When unsure: several are tried, and ranked by how stable and how well separated the groups are."),
    ),
    "kmeans": (
        gettext_lazy("k-means"),
        gettext_lazy("Everybody gets a group, groups are compact, and it is the fastest: the default."),
    ),
    "mixture": (
        gettext_lazy("Gaussian mixture"),
        gettext_lazy("For groups of unequal width or slant, or to know how surely a customer belongs."),
    ),
    "ward": (gettext_lazy("Hierarchical (Ward)"), gettext_lazy("For compact groups that are joined step by step.")),
    "genie": (
        gettext_lazy("Hierarchical (Genie)"),
        gettext_lazy("For groups of odd shapes with gaps between them, of not too unequal size."),
    ),
    "hdbscan": (
        gettext_lazy("HDBSCAN"),
        gettext_lazy("Finds the number of groups itself; odd accounts become outliers."),
    ),
    "dbscan": (
        gettext_lazy("DBSCAN"),
        gettext_lazy("For a few features and crowds of equal density; who stands alone is an outlier."),
    ),
    "incremental": (
        gettext_lazy("Incremental k-means"),
        gettext_lazy("When many customers lack some features: gaps are left out, not guessed."),
    ),
}


# What may count beside the features, and how much.
BLOCKS = {
    "categories": gettext_lazy("What they buy, by category"),
    "texts": gettext_lazy("What they buy, by the products' names"),
    "weeks": gettext_lazy("How much they spend, week by week"),
}
WEIGHTS = (
    ("", gettext_lazy("not at all")),
    ("0.5", gettext_lazy("a little")),
    ("1.0", gettext_lazy("like three features")),
    ("2.0", gettext_lazy("much")),
)


class StudioForm(forms.Form):
    """Population, features, algorithm and number of groups; a name when the tag is new."""

    name = forms.CharField(label=gettext_lazy("Name of the clustering"), max_length=100)
    other_name = forms.CharField(label=gettext_lazy("Name in the other language"), max_length=100, required=False)
    population = forms.ChoiceField(label=gettext_lazy("Customers"), required=False)
    features = forms.MultipleChoiceField(
        label=gettext_lazy("Alike in"),
        widget=forms.CheckboxSelectMultiple(attrs=BOX),
        error_messages={"required": gettext_lazy("Choose at least one feature.")},
    )
    algorithm = forms.ChoiceField(
        label=gettext_lazy("Algorithm"), initial="kmeans", widget=forms.RadioSelect(attrs=BOX)
    )
    k = forms.IntegerField(label=gettext_lazy("Groups"), required=False, min_value=2, max_value=MOST_GROUPS)
    fewest = forms.IntegerField(label=gettext_lazy("At least"), initial=3, min_value=2, max_value=MOST_GROUPS)
    most = forms.IntegerField(label=gettext_lazy("At most"), initial=8, min_value=2, max_value=MOST_GROUPS)

    def __init__(self, *args: Any, tag: Tag | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tag = tag
        if tag:
            del self.fields["name"], self.fields["other_name"]
        self.fields["features"].choices = feature_choices()  # type: ignore[attr-defined]
        self.fields["algorithm"].choices = algorithm_choices()  # type: ignore[attr-defined]
        self.fields["population"].choices = population_choices()  # type: ignore[attr-defined]
        for key, label in BLOCKS.items():
            self.fields[f"block_{key}"] = forms.ChoiceField(label=label, choices=WEIGHTS, required=False)
        self.fields["k"].help_text = _("Empty: as many as fit best, within these bounds.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        fewest, most = given.get("fewest"), given.get("most")
        if fewest and most and fewest > most:
            self.add_error("most", _("At most must not be less than at least."))
        return given

    def definition(self) -> dict[str, Any]:
        """The definition of the tag, as its kind reads it."""
        given = self.cleaned_data
        segment = given["population"]
        return {
            "features": given["features"],
            "algorithm": given["algorithm"],
            "k": given["k"],
            "between": [given["fewest"], given["most"]],
            "useless": "leave_out",
            "blocks": {key: float(weight) for key in BLOCKS if (weight := given[f"block_{key}"])},
            "among": {"version": 1, "rule": {"segment": segment}} if segment else None,
        }

    @property
    def blocks(self) -> list[forms.BoundField]:
        """The fields that say how much each block counts."""
        return [self[f"block_{key}"] for key in BLOCKS]

    def names(self) -> dict[str, str]:
        """The name in both languages; one serves for both when the other is empty."""
        if self.tag:
            return {}
        name, other = self.cleaned_data["name"], self.cleaned_data["other_name"] or self.cleaned_data["name"]
        in_chinese = (get_language() or "").startswith("zh")
        return {"name_zh": name, "name_en": other} if in_chinese else {"name_zh": other, "name_en": name}


def initial_of(definition: dict[str, Any]) -> dict[str, Any]:
    """The form's values for a definition that there is."""
    rule = (definition.get("among") or {}).get("rule") or {}
    fewest, most = definition.get("between", (3, 8))
    return {
        **{f"block_{key}": str(float(weight)) for key, weight in definition.get("blocks", {}).items()},
        "features": definition["features"],
        "algorithm": definition.get("algorithm", "kmeans"),
        "k": definition.get("k"),
        "fewest": fewest,
        "most": most,
        "population": rule.get("segment", "") if set(rule) == {"segment"} else "",
    }


def feature_choices() -> list[tuple[str, str]]:
    """Every feature by name; texts become columns of their own and come last."""
    found = sorted(all_features().items(), key=lambda one: (one[1].type != "number", one[1].unit == SHARE, one[0]))
    return [(key, label_of(feature)) for key, feature in found]


def algorithm_choices() -> list[tuple[str, Any]]:
    """The algorithms there are, the usual ones first."""
    known = [key for key in ADVICE if key in plugins.names(ALGORITHMS)]
    others = [key for key in plugins.names(ALGORITHMS) if key not in ADVICE]
    return [(key, ADVICE[key][0] if key in ADVICE else key) for key in (*known, *others)]


def population_choices() -> list[tuple[str, str]]:
    """Everybody, or one of the segments."""
    segments = named_sets(NamedSet.Kind.SEGMENT)
    named = [(one.key, f"{in_language(one.label_zh, one.label_en)}") for one in segments]
    return [("", _("All customers with enough of the features")), *named]
