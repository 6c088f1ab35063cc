"""The back office's page of the recommendation plan."""

from typing import Any

from django.contrib import admin
from unfold.admin import ModelAdmin

from segmentation.recommendation.models import RecommendationPlan


@admin.register(RecommendationPlan)
class RecommendationPlanAdmin(ModelAdmin):
    """One plan: which purchases count, which algorithm, what is left out."""

    list_display = ("key", "algorithm", "past_days", "fewest_buyers", "most_products", "rest_days")
    readonly_fields = ("key",)

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False
