"""The list of customers: found by number or contact, or by the set they are in."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import and_
from typing import cast

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from customers import selectors
from customers.models import Customer
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.sets.names import set_label, value_label
from segmentation.sets.selectors import named_sets, tag_values_of
from segtag_site.pages.found_by_rule import FoundByRule, found_by_rule

Kind = NamedSet.Kind
# The sets one may look into: who may, and the page that says what the set is.
KINDS = {
    Kind.TAG_VALUE: ("segmentation.view_tag", "segmentation:tag_detail"),
    Kind.SEGMENT: ("segmentation.view_segment", "segmentation:segment_detail"),
    Kind.AUDIENCE: ("segmentation.view_audience", "segmentation:audience_detail"),
}
# The tags of the ready taxonomy that say most at a glance; they come first.
TELLING = ("rfm-group", "lifecycle-stage", "spending-power", "behaviour-cluster")
TAGS_SHOWN = 4
PER_PAGE = 25


@dataclass(frozen=True)
class Option:
    """A set to choose, named in the address by `key`."""

    key: str
    label: str
    size: int


@dataclass(frozen=True)
class OptionGroup:
    label: str
    options: list[Option]


@permission_required("customers.view_customer", raise_exception=True)
def customer_list(request: HttpRequest) -> HttpResponse:
    """Customers, page by page.

    `q` is a number or a contact, `in` a set as kind:key or kind:key:value, `rule` and `as_of` a rule and its moment.
    """
    query, chosen_key = request.GET.get("q", "").strip(), request.GET.get("in", "")
    chosen = _chosen(request, chosen_key) if chosen_key else None
    rule = found_by_rule(request)
    ids = cast("Collection[int] | None", _ids(chosen, rule))  # a bitmap is one, its stubs do not say so
    page = selectors.customer_page(query, ids=ids, number=request.GET.get("page", 1), size=PER_PAGE)
    context = {
        "q": query,
        "page": page,
        "rows": _rows(list(page.object_list)),
        "sets": _options(request),
        "chosen_key": chosen_key,
        "rule": rule,
        "chosen": _label(chosen) if chosen else "",
        "about_url": reverse(KINDS[Kind(chosen.kind)][1], args=[chosen.key]) if chosen else "",
    }
    return render(request, "customers/list.html", context)


def _chosen(request: HttpRequest, name: str) -> NamedSet:
    """The set of this name, if the user may look into it."""
    kind, key, value = (*name.split(":", 2), "", "")[:3]
    if kind not in KINDS or not request.user.has_perm(KINDS[Kind(kind)][0]):
        raise Http404
    found = named_sets(kind, key).filter(value=value).first()
    if found is None:
        raise Http404
    return found


def _ids(chosen: NamedSet | None, rule: FoundByRule | None) -> BitMap | None:
    """The customers that both allow; None when there is no limit."""
    limits = [rule.members()] if rule else []
    if chosen:
        limits.append(store.current(chosen.kind, chosen.key, chosen.value) if chosen.current_id else BitMap())
    return reduce(and_, limits) if limits else None


def _rows(customers: Collection[Customer]) -> list[dict[str, object]]:
    """What the table shows of each customer: masked, with the most telling of its tags."""
    values = tag_values_of([customer.pk for customer in customers])
    return [
        {
            "customer": customer,
            "personal": selectors.personal_view(customer, unmasked=False),
            "values": sorted(values[customer.pk], key=_place)[:TAGS_SHOWN],
            "more": max(0, len(values[customer.pk]) - TAGS_SHOWN),
        }
        for customer in customers
    ]


def _place(value: NamedSet) -> int:
    return TELLING.index(value.key) if value.key in TELLING else len(TELLING)


def _options(request: HttpRequest) -> list[OptionGroup]:
    """The computed sets that the user may look into: the values of each tag, then segments, then audiences."""
    groups = []
    for kind, (permission, _page) in KINDS.items():
        if request.user.has_perm(permission):
            computed = [one for one in named_sets(kind) if one.current_id]
            groups += _tag_groups(computed) if kind == Kind.TAG_VALUE else [_group(kind, computed)]
    return [group for group in groups if group.options]


def _tag_groups(values: list[NamedSet]) -> list[OptionGroup]:
    tags = [list(same) for _key, same in groupby(values, key=lambda one: one.key)]
    return [OptionGroup(set_label(tag[0]), [_option(one, value_label(one)) for one in tag]) for tag in tags]


def _group(kind: Kind, computed: list[NamedSet]) -> OptionGroup:
    label = _("Segments") if kind == Kind.SEGMENT else _("Audiences")
    return OptionGroup(label, [_option(one, set_label(one)) for one in computed])


def _option(one: NamedSet, label: str) -> Option:
    return Option(":".join(filter(None, (one.kind, one.key, one.value))), label, one.current.size if one.current else 0)


def _label(one: NamedSet) -> str:
    return ": ".join(filter(None, (set_label(one), value_label(one))))
