"""Changes to how the shop recommends."""

from collections.abc import Collection

from django.db import transaction

from customers.privacy import access_log
from segmentation.people import Person, user_of
from segmentation.recommendation.models import RecommendationPlan


def leave_out(
    *, plan: RecommendationPlan, categories: Collection[str], rest_days: int, by: Person
) -> RecommendationPlan:
    """Nothing of these broadest categories from now on; "buy again" rests so many days from the next run on."""
    plan.excluded_categories, plan.rest_days = sorted(set(categories)), rest_days
    with transaction.atomic():
        plan.full_clean()
        plan.save(update_fields=["excluded_categories", "rest_days"])
        access_log.record(
            actor=user_of(by),
            action="recommendation.leave_out",
            object_kind="recommendation_plan",
            object_key=plan.key,
            detail={"categories": plan.excluded_categories, "rest_days": rest_days},
        )
    return plan
