"""Who may make and fetch exports."""

from django.contrib.auth.models import AbstractUser

EXPORT, UNMASK = "segmentation.export_audience", "customers.unmask_customer"


def may_export(user: AbstractUser, *, reveals: bool) -> bool:
    """Whether `user` may make or fetch an export; one with personal data in full takes a second right."""
    return user.is_active and user.has_perm(EXPORT) and (not reveals or user.has_perm(UNMASK))
