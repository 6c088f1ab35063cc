"""The page of a set: the customers behind a number."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from segmentation.sets import selectors
from segmentation.sets.models import NamedSet, SetVersion

MEMBERS_PER_PAGE = 25
# Who may see the members of a set of this kind, and the page that says what the set is.
KINDS = {
    NamedSet.Kind.TAG_VALUE: ("segmentation.view_tag", "segmentation:tag_detail"),
    NamedSet.Kind.SEGMENT: ("segmentation.view_segment", "segmentation:segment_detail"),
    NamedSet.Kind.AUDIENCE: ("segmentation.view_audience", "segmentation:audience_detail"),
    NamedSet.Kind.HOLDOUT: ("segmentation.view_audience", "segmentation:audience_detail"),
}


@permission_required("customers.view_customer", raise_exception=True)
def members(request: HttpRequest, kind: str, key: str, value: str = "") -> HttpResponse:
    """The customers of a set, newest version or the one asked for; or who entered with it, or left."""
    if kind not in KINDS:
        raise Http404
    permission, page_of_kind = KINDS[NamedSet.Kind(kind)]
    if not request.user.has_perm(permission):
        raise PermissionDenied
    named_set = get_object_or_404(selectors.named_sets(kind, key), value=value)
    version = _version(request, named_set)
    show = request.GET.get("show", "")
    show = show if show in {"entered", "left"} else "all"
    context: dict[str, Any] = {
        "set": named_set,
        "version": version,
        "is_newest": version is None or version.pk == named_set.current_id,
        "show": show,
        "about_url": reverse(page_of_kind, args=[key]),
    }
    if version:
        page = Paginator(selectors.shown_members(version, show), MEMBERS_PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "members": selectors.members(page.object_list)}
    return render(request, "segmentation/members.html", context)


def _version(request: HttpRequest, named_set: NamedSet) -> SetVersion | None:
    number = request.GET.get("version", "")
    if number.isdecimal():
        versions = SetVersion.objects.defer(*selectors.BITMAPS).select_related("run")
        return get_object_or_404(versions, named_set=named_set, number=number)
    return named_set.current
