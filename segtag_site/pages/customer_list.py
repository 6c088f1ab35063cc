"""The list of customers: found by number or contact, or by the set they are in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import and_

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from pyroaring import BitMap

from customers import selectors
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.sets.names import set_label, value_label
from segmentation.sets.selectors import named_sets, tag_values_of
from segtag_site.pages.sales import buyers

Kind = NamedSet.Kind
# The sets one may look into: who may, and the page that says what the set is.
KINDS = {
    Kind.TAG_VALUE: ("segmentation.view_tag", "segmentation:tag_detail"),
    Kind.SEGMENT: ("segmentation.view_segment", "segmentation:segment_detail"),
    Kind.AUDIENCE: ("segmentation.view_audience", "segmentation:audience_detail"),
}
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

    `q` is a number or a contact, `in` a set as kind:key or kind:key:value, `from` and `until` limit the list to those
    who ordered between these two times.
    """
    query, chosen_key = request.GET.get("q", "").strip(), request.GET.get("in", "")
    chosen = _chosen(request, chosen_key) if chosen_key else None
    stretch = _stretch(request)
    page = selectors.customer_page(query, ids=_ids(chosen, stretch), number=request.GET.get("page", 1), size=PER_PAGE)
    context = {
        "q": query,
        "page": page,
        "rows": _rows(page.object_list),
        "sets": _options(request),
        "chosen_key": chosen_key,
        "stretch": stretch,
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


def _stretch(request: HttpRequest) -> tuple[datetime, datetime] | None:
    """The two times of the address, in the site's zone; none unless both can be read."""
    try:
        begins, ends = (parse_datetime(request.GET.get(name, "")) for name in ("from", "until"))
    except ValueError:
        return None
    return (make_aware(begins), make_aware(ends)) if begins and ends else None


def _ids(chosen: NamedSet | None, stretch: tuple[datetime, datetime] | None) -> BitMap | None:
    """The customers that both allow; None when there is no limit."""
    limits = [buyers(*stretch)] if stretch else []
    if chosen:
        limits.append(store.current(chosen.kind, chosen.key, chosen.value) if chosen.current_id else BitMap())
    return reduce(and_, limits) if limits else None


def _rows(customers: Collection) -> list[dict[str, object]]:
    """What the table shows of each customer: masked, with the first of its tags."""
    values = tag_values_of([customer.pk for customer in customers])
    return [
        {
            "customer": customer,
            "personal": selectors.personal_view(customer, unmasked=False),
            "values": values[customer.pk][:TAGS_SHOWN],
            "more": max(0, len(values[customer.pk]) - TAGS_SHOWN),
        }
        for customer in customers
    ]


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
    return Option(":".join(filter(None, (one.kind, one.key, one.value))), label, one.current.size)


def _label(one: NamedSet) -> str:
    return ": ".join(filter(None, (set_label(one), value_label(one))))
