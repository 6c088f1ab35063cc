"""Pages that compare: several sets with each other, and a segment with everybody, tag value by tag value."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from segmentation.segments import comparing
from segmentation.segments.models import Segment
from segmentation.sets import store
from segmentation.sets.breakdown import breakdown, by_tag
from segmentation.sets.models import NamedSet
from segmentation.sets.names import full_label, set_label
from segmentation.sets.selectors import everybody

# Pictures on one page.
MOST_PICTURES = 8
VALUES_PER_PAGE = 30


@permission_required(["segmentation.view_segment", "segmentation.view_tag"], raise_exception=True)
def set_compare(request: HttpRequest) -> HttpResponse:
    """Some sets side by side: the matrix, all their parts; of two, what tells them apart."""
    sets = comparing.comparable()
    chosen = comparing.chosen(sets, request.GET.getlist("of"))
    named = {comparing.address_of(one) for one in chosen}
    context: dict[str, Any] = {
        "choices": [(comparing.address_of(one), full_label(one), comparing.address_of(one) in named) for one in sets],
        "chosen": chosen,
        "most": comparing.MOST,
    }
    if len(chosen) > 1:
        context |= {"matrix": comparing.matrix(chosen), "upset": comparing.upset(chosen)}
    if len(chosen) == 2:
        context |= {"pair": comparing.pair(*chosen), "differences": comparing.differences(*chosen)}
    return render(request, "segmentation/segments/compare.html", context)


@permission_required(["segmentation.view_segment", "segmentation.view_tag"], raise_exception=True)
def segment_profile(request: HttpRequest, key: str) -> HttpResponse:
    """A segment against everybody: pictures of chosen tags, and the lift of every tag value."""
    segment = get_object_or_404(Segment, key=key)
    order, query = request.GET.get("order", "lift"), request.GET.get("q", "")
    context: dict[str, Any] = {"segment": segment, "order": order, "q": query}
    try:
        members = store.current(NamedSet.Kind.SEGMENT, key)
    except store.NotComputed:
        return render(request, "segmentation/segments/profile.html", context)
    total = everybody()
    tags = by_tag(breakdown(members, total))
    shown = [one for one in request.GET.getlist("tag") if one in tags] or list(tags)[:2]
    rows = comparing.lift_rows(segment, query=query, order=order)
    context |= {
        "size": len(members),
        "everybody": total,
        "tags": [(one, set_label(parts[0].named_set), one in shown) for one, parts in tags.items()],
        "pictures": [_picture(tags[one]) for one in shown[:MOST_PICTURES]],
        "page": Paginator(rows, VALUES_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "segmentation/segments/profile.html", context)


def _picture(parts: list[Any]) -> dict[str, Any]:
    named_set = parts[0].named_set
    chart = comparing.share_chart(parts, _("here"), _("all customers"))
    return {"key": named_set.key, "label": set_label(named_set), "chart": chart}
