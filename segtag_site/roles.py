"""The six roles: groups of permissions, the same in every installation."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, Group, Permission
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """A role; `staff` may open the back office. Every role may do what a viewer may."""

    key: str
    label: Promise
    staff: bool
    permissions: frozenset[str]


def _all(verbs: str, app: str, models: str) -> set[str]:
    """`_all("add change", "segmentation", "tag segment")`: every verb on every model."""
    return {f"{app}.{verb}_{model}" for verb in verbs.split() for model in models.split()}


VIEW = _all(
    "view",
    "customers",
    "customer event product eventtype property trait consent importbatch importreject source quarantinedmessage",
) | _all(
    "view",
    "segmentation",
    "category tag tagversion tagvalue segment segmentversion audience audienceversion run namedset setversion"
    " lakesnapshot export recommendationplan measurement look suppression contactpolicy deliveryplan delivery",
)
MARKET = _all("add change delete", "segmentation", "segment audience") | {
    "segmentation.run_tag",
    "segmentation.freeze_audience",
    "segmentation.export_audience",
    "segmentation.add_measurement",
    "segmentation.add_suppression",
    "segmentation.add_deliveryplan",
    "segmentation.change_deliveryplan",
}
OPERATE = (
    _all("add change delete", "segmentation", "category tag segment")
    | _all("change", "customers", "eventtype property trait product")
    | _all("add change", "customers", "source")
    | {"customers.change_quarantinedmessage"}
    | {"customers.add_importbatch", "segmentation.run_tag", "segmentation.change_run"}
    | {"segmentation.add_suppression", "segmentation.delete_suppression", "segmentation.change_contactpolicy"}
    | {"segmentation.change_recommendationplan"}
    | _all("add change", "segmentation", "givenvalue")
    | _all("view add change delete", "segmentation", "webhookendpoint")
    | {"customers.add_identitylink"}
)
REVIEW = {
    "segmentation.publish_tag",
    "segmentation.publish_segment",
    "segmentation.run_tag",
    "segmentation.freeze_audience",
    "segmentation.approve_audience",
}
PROTECT = {
    "segmentation.add_suppression",
    "segmentation.delete_suppression",
    "customers.view_identity",
    "customers.view_identitylink",
    "customers.view_mergelog",
    "customers.view_personalrecord",
    "customers.view_accesslog",
    "customers.add_consent",
    "customers.unmask_customer",
    "customers.export_customer",
    "customers.erase_customer",
    "customers.tell_customer",
    "customers.view_erasure",
}

ROLES = (
    Role("viewer", _("Viewer"), False, frozenset(VIEW)),
    Role("marketer", _("Marketer"), False, frozenset(VIEW | MARKET)),
    Role("operator", _("Operator"), True, frozenset(VIEW | OPERATE)),
    Role("reviewer", _("Reviewer"), True, frozenset(VIEW | REVIEW)),
    Role("privacy-officer", _("Privacy officer"), True, frozenset(VIEW | PROTECT)),
    # Everything there is, the rights of later models included: filled from the database.
    Role("administrator", _("Administrator"), True, frozenset()),
)


def ensure_roles() -> None:
    """Makes the six groups, each with exactly its permissions. Safe to repeat; says so when a right is unknown."""
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role.key)
        group.permissions.set(_permissions(role))


def assign_role(*, user: AbstractUser, key: str) -> None:
    """Gives `user` this role and no other."""
    role = next(role for role in ROLES if role.key == key)
    user.groups.set(Group.objects.filter(name=role.key))
    user.is_staff = role.staff
    user.save(update_fields=["is_staff"])


def role_label(user: AbstractUser) -> str:
    """The user's role in the active language, for the account menu."""
    if user.is_superuser:
        return gettext("Superuser")
    held = set(user.groups.values_list("name", flat=True))
    return next((str(role.label) for role in reversed(ROLES) if role.key in held), gettext("No role"))


def _permissions(role: Role) -> Iterable[Permission]:
    if not role.permissions:
        return Permission.objects.all()
    wanted = Q()
    for name in role.permissions:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(wanted).select_related("content_type"))
    missing = role.permissions - {f"{p.content_type.app_label}.{p.codename}" for p in found}
    if missing:
        raise LookupError(f"role {role.key} names rights that do not exist: {', '.join(sorted(missing))}")
    return found
