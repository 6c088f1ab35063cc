"""The job: the two lists of every customer, and the best customers of every product."""

from importlib import import_module

from django.utils.translation import gettext_lazy as _

from customers import profiling
from customers.models import Trait
from segmentation.lake import versions
from segmentation.recommendation.catalogue import Catalogue
from segmentation.recommendation.selectors import CUSTOMERS, PRODUCTS, the_plan
from segmentation.runs.claims import Claim
from segmentation.runs.handlers import handles
from segmentation.scores import store

PHASES = {
    "reading": _("Reading purchases"),
    "learning": _("Learning from purchases"),
    "ranking": _("Ranking products"),
}


@handles("recommendation.compute")
def compute_recommendations(claim: Claim) -> None:
    """Learn from the purchases up to the base date, rank for everybody, publish all at once."""
    # By name: where it is imported scipy is, and the web process imports this file.
    computing = import_module("segmentation.recommendation.computing")
    plan, source = the_plan(), versions.current_source()
    order = computing.Order(
        source=source,
        as_of=claim.as_of,
        seed=claim.seed,
        algorithm=plan.algorithm,
        past_days=plan.past_days,
        fewest_buyers=plan.fewest_buyers,
        most_products=plan.most_products,
        excluded_categories=plan.excluded_categories,
        rest_days=plan.rest_days,
        columns=dict(Trait.objects.values_list("name", "column")),
        leaving_out=profiling.refusing(),
    )
    computed = computing.compute(
        order, Catalogue(plan), progress=lambda phase, done, total: claim.heartbeat(str(PHASES[phase]), done, total)
    )
    with claim.commit(computed.result, lake_snapshot=versions.snapshot(source)):
        store.publish(CUSTOMERS, computed.customers, run=claim.run)
        store.publish(PRODUCTS, computed.products, run=claim.run)
        plan.last_run = claim.run
        plan.save(update_fields=["last_run"])
