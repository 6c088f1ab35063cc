"""What the shop wants recommended, and the run that last did it."""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class RecommendationPlan(models.Model):
    """How products are recommended. There is one plan; its key is "shop"."""

    key = models.SlugField(_("key"), max_length=60, unique=True, default="shop")
    # An algorithm's key; empty lets the size of the shop decide.
    algorithm = models.CharField(_("algorithm"), max_length=40, blank=True)
    past_days = models.PositiveIntegerField(
        _("days"), default=365, help_text=_("Purchases of this many days before the base date count.")
    )
    fewest_buyers = models.PositiveIntegerField(
        _("fewest buyers"), default=5, help_text=_("A product that fewer customers bought is not recommended.")
    )
    most_products = models.PositiveIntegerField(
        _("most products"), default=5000, help_text=_("The products bought by most customers, at most so many.")
    )
    excluded_categories = models.JSONField(
        _("excluded categories"),
        default=list,
        blank=True,
        help_text=_("Broadest categories of which nothing is recommended, as a list."),
    )
    rest_days = models.PositiveIntegerField(
        _("days of rest"),
        default=0,
        help_text=_("What a customer bought within so many days is not in “buy again”."),
    )
    last_run = models.ForeignKey(
        "segmentation.Run", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("recommendation plan")
        verbose_name_plural = _("recommendation plans")

    def __str__(self) -> str:
        return self.key

    @property
    def back_tests(self) -> list[dict[str, Any]]:
        """How well each method guesses where there are no purchases, and which was taken."""
        labels = {
            "newcomers": (_("Customers without purchases"), "customers"),
            "arrivals": (_("Products nobody bought yet"), "products"),
        }
        methods = {
            "popularity": _("Best sellers"),
            "ridge": _("Ridge regression"),
            "factorization_machine": _("Factorization machine"),
        }
        found = []
        for key, (label, counted) in labels.items():
            report = self.result.get(key, {})
            if report.get(counted):
                figures = [report.get("ndcg", {}).get(method) for method in methods]
                method = methods.get(report.get("map", ""), methods["popularity"])
                found.append({"label": label, "count": report[counted], "method": method, "figures": figures})
        return found

    @property
    def algorithm_name(self) -> str:
        """What the last run's algorithm is called."""
        zh = (get_language() or "").startswith("zh")
        return str(self.result.get("algorithm_zh" if zh else "algorithm_en") or self.result.get("algorithm", ""))

    @property
    def result(self) -> dict[str, Any]:
        """What the last run said of itself."""
        return self.last_run.result if self.last_run else {}
