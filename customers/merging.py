"""Merges: whose facts count for whom, worked out again wherever a link between identities came, moved or was cut."""

from collections.abc import Collection, Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import bulk, told, touched
from customers.errors import CustomersError
from customers.identity_graph import Link, Name, people
from customers.locks import FACTS, take_turns
from customers.models import Customer, Identity, IdentityLink, MergeLog
from customers.privacy import access_log


def merge(*, customer: Customer, into: Customer, by: AbstractBaseUser) -> None:
    """From now on the facts of `customer` count for `into`. Undone by `separate`."""
    with transaction.atomic():
        take_turns(FACTS)
        first, second = _own_name(customer), _own_name(into)
        if first.customer_id == second.customer_id:
            raise CustomersError(_("They are one customer already."), code="already_merged")
        link, _made = IdentityLink.objects.get_or_create(
            first=first, second=second, kind=IdentityLink.Kind.MERGE, defaults={"at": timezone.now()}
        )
        IdentityLink.objects.filter(pk=link.pk).update(cut_at=None)
        _note(by, "merge", customer, into)
        rearrange({first.pk, second.pk}, by=by)


def separate(*, customer: Customer, by: AbstractBaseUser) -> None:
    """The facts of a merged customer count for itself again, and links of the same kind told later change nothing."""
    if customer.merged_into is None:
        raise CustomersError(_("This customer is not merged into another."), code="not_merged")
    with transaction.atomic():
        take_turns(FACTS)
        name = _own_name(customer)
        links = IdentityLink.objects.filter(Q(first=name) | Q(second=name), cut_at=None)
        if name.kind == Identity.Kind.USER_ID:
            links = links.exclude(kind=IdentityLink.Kind.SEEN)
        ends = {end for pair in links.values_list("first_id", "second_id") for end in pair}
        links.update(cut_at=timezone.now())
        _note(by, "separate", customer, customer.merged_into)
        rearrange({name.pk, *ends}, by=by)


def rearrange(touched: Collection[int], *, by: AbstractBaseUser | None = None) -> None:
    """Work out again who is the same person, for these identities and all that are linked to them."""
    links = _links_around(set(touched))
    reached = {*touched, *(end for link in links for end in (link.first, link.second))}
    rows = {
        pk: (kind, value, own, customer)
        for pk, kind, value, own, customer in Identity.objects.filter(pk__in=reached).values_list(
            "pk", "kind", "value", "own_id", "customer_id"
        )
    }
    names = {pk: Name(kind, value, own is not None) for pk, (kind, value, own, _customer) in rows.items()}
    owner: dict[int, int] = {}
    for head, group in people(names, links).items():
        if root := rows[head][2]:
            owner |= dict.fromkeys(group, root)
    bulk.update(Identity, ["customer"], [(root, pk) for pk, root in owner.items() if rows[pk][3] != root])
    _follow({own: owner[pk] for pk, (_k, _v, own, _c) in rows.items() if own and pk in owner}, by)


def _follow(roots: dict[int, int], by: AbstractBaseUser | None) -> None:
    """Write down whose facts count for whom, log what changed, and renew what is shown of those concerned."""
    now = timezone.now()
    changes: list[tuple[int, int, int]] = []
    for pk, before in Customer.objects.filter(pk__in=list(roots)).values_list("pk", "merged_into_id"):
        if (before or pk) != roots[pk]:
            changes.append((pk, before or pk, roots[pk]))
    stamp = bulk.stored_time(now)
    rows = [(None if pk == root else root, stamp, pk) for pk, _before, root in changes]
    bulk.update(Customer, ["merged_into", "updated_at"], rows)
    MergeLog.objects.bulk_create(
        MergeLog(customer_id=pk, before=before, after=root, at=now, by=by)  # type: ignore[misc]
        for pk, before, root in changes
    )
    concerned = {root for _pk, before, after in changes for root in (before, after)}
    touched.mark({(pk, touched.PROFILE) for change in changes for pk in change}, now)
    _renew_first_seen(concerned)
    told.renew(concerned)


def _renew_first_seen(customers: Iterable[int]) -> None:
    """The earliest that was told of each, or of those merged into it."""
    groups = told.groups_of(customers)
    everybody = [pk for group in groups.values() for pk in group]
    told_since = Identity.objects.filter(own__in=everybody).values_list("own_id", "first_told_at")
    seen = {own: at for own, at in told_since if at is not None}
    times = {root: [seen[pk] for pk in group if pk in seen] for root, group in groups.items()}
    bulk.update(Customer, ["first_seen_at"], [(bulk.stored_time(min(at)), root) for root, at in times.items() if at])


def _links_around(touched: set[int]) -> list[Link]:
    """All links that hold among the names that can be reached from these."""
    found: dict[int, Link] = {}
    frontier, reached = set(touched), set(touched)
    while frontier:
        rows = IdentityLink.objects.filter(Q(first__in=frontier) | Q(second__in=frontier), cut_at=None).values_list(
            "pk", "first_id", "second_id", "at", "kind"
        )
        near = {pk: Link(first, second, at, kind != IdentityLink.Kind.SEEN) for pk, first, second, at, kind in rows}
        found |= near
        frontier = {end for link in near.values() for end in (link.first, link.second)} - reached
        reached |= frontier
    return list(found.values())


def _own_name(customer: Customer) -> Identity:
    name = Identity.objects.filter(own=customer).first()
    if name is None:
        raise CustomersError(_("Nothing was told under a name of this customer's own."), code="no_name")
    return name


def _note(by: AbstractBaseUser, action: str, customer: Customer, other: Customer) -> None:
    access_log.record(
        actor=by, action=action, object_kind="customer", object_key=str(customer.pk), detail={"other": other.pk}
    )
