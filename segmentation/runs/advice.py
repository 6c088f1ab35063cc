"""What to do about a run that did not succeed, by error code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADVICE: dict[str, Promise] = {
    "invalid": _("The definition cannot run as it is. Open it, mend what the message names, and run it again."),
    "lake_empty": _("There is no data to compute from yet. Import customers and orders, then synchronise the lake."),
    "set_not_computed": _("It builds on a tag or segment that has not been computed yet. Run that one first."),
    "unknown_kind": _("The workers run an older version of SegTag than the pages. Restart them, then replay the run."),
    "not_approved": _("Ask a reviewer to approve the audience on its page, then run it again."),
    "not_frozen": _("Freeze the audience on its page, then run it again."),
    "not_taken": _("The destination refused it. Check its address, secret and settings, then send it again."),
    "not_permitted": _("Who planned it may not send these columns any more. Let somebody who may plan it anew."),
    "timeout": _("It took longer than a run may take. Try again when the machine is less busy, or simplify the rule."),
    "worker_lost": _(
        "Its worker was killed several times, often for lack of memory. Give it more, then replay the run."
    ),
    "unexpected": _(
        "This is a fault in SegTag or its database. The worker's log has the details; replay it afterwards."
    ),
    "steps_failed": _(
        "Some steps failed; the others are done. Open the failed runs, mend their cause, and replay them."
    ),
    "definition_invalid": _(
        "The tag speaks of something that is not there any more. Edit its definition and publish it."
    ),
    "rule_invalid": _("The rule speaks of something that is not there any more. Edit it and run it again."),
    "not_live": _("It is not live any more, or was never published. Publish it, then run it again."),
    "features_missing": _("There are no features up to the base date. Compute the profiles first."),
    "feature_missing": _(
        "No customer has this feature. Compute the profiles, or take the feature out of the definition."
    ),
    "feature_constant": _(
        "A feature that is the same for everybody tells nobody apart. Take it out of the definition."
    ),
    "no_features": _("No feature is left to cluster by. Choose features in which customers differ."),
    "too_few_customers": _(
        "There are too few customers for so many groups. Ask for fewer groups, or wait for more customers."
    ),
    "no_items": _("No order has items with this property. Choose another property, or import the items of the orders."),
}


def advice_for(code: str) -> Promise | str:
    """What a person can do; for codes of a single stage the error's own message has to be enough."""
    return ADVICE.get(code, "")
