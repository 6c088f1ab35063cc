"""What the page of products asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from segmentation.recommendation.models import RecommendationPlan


class LeavingOut(forms.Form):
    """Broadest categories of which nothing is recommended, and how long "buy again" waits."""

    categories = forms.MultipleChoiceField(
        label=_("Recommend nothing of these categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    rest_days = forms.IntegerField(
        label=_("Days before something bought is offered again"),
        min_value=0,
        max_value=3650,
        widget=forms.NumberInput(attrs={"class": "form-control w-auto"}),
    )

    def __init__(self, data: Any = None, *, plan: RecommendationPlan) -> None:
        chosen = {"categories": plan.excluded_categories, "rest_days": plan.rest_days}
        super().__init__(data, initial=chosen)
        known = {*plan.result.get("categories", ()), *plan.excluded_categories}
        self.fields["categories"].choices = [(one, one) for one in sorted(known)]  # type: ignore[attr-defined]
