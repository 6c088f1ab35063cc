"""Who may start a run again."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin

START = "segmentation.run_tag"
# Kinds that take a right of their own besides.
OWN = {
    "audiences.freeze": "segmentation.freeze_audience",
    "activation.export": "segmentation.export_audience",
    "privacy.erase": "customers.erase_customer",
    "privacy.retain": "customers.erase_customer",
    "activation.deliver": "segmentation.export_audience",
}


def may_replay(user: AbstractBaseUser | AnonymousUser, kind: str) -> bool:
    """Whether this user may start a run of this kind again: nobody gets by a replay what a page would refuse."""
    return isinstance(user, PermissionsMixin) and user.has_perms([START, OWN.get(kind, START)])
