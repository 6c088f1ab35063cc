"""Who may make and fetch exports."""

from segmentation.people import Person, user_of

EXPORT, UNMASK = "segmentation.export_audience", "customers.unmask_customer"


def may_export(person: Person, *, reveals: bool) -> bool:
    """Whether `person` may make or fetch an export; one with personal data in full takes a second right."""
    user = user_of(person)
    if user is None or not user.has_perm(EXPORT):
        return False
    return not reveals or user.has_perm(UNMASK)
