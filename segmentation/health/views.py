"""Pages of the health of tags and segments: what is wrong with which, and what feeds what."""

from collections import Counter

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from segmentation.health.assets import Flag, assets
from segmentation.health.drift import DRIFTED, WATCH
from segmentation.health.lineage import lineage

RIGHTS = ("segmentation.view_tag", "segmentation.view_segment")
PAGES = {"tag": "segmentation:tag_detail", "segment": "segmentation:segment_detail"}


@require_GET
@permission_required(RIGHTS, raise_exception=True)
def health(request: HttpRequest) -> HttpResponse:
    """Every live tag and segment with its figures; those of one kind of trouble when asked for."""
    every = assets(timezone.now())
    chosen = request.GET.get("flag", "")
    counts = Counter(flag for asset in every for flag in asset.flags)
    context = {
        "assets": [asset for asset in every if not chosen or chosen in asset.flags],
        "chosen": chosen,
        "flags": [(flag, flag.label, counts[flag]) for flag in Flag],
        "all": len(every),
        "healthy": sum(not asset.flags for asset in every),
        "ownerless": sum(asset.row.owner is None for asset in every),
        "seconds": sum(asset.seconds or 0 for asset in every),
        "watch": WATCH,
        "drifted": DRIFTED,
        "zone": settings.TIME_ZONE,
    }
    return render(request, "segmentation/health/list.html", context)


@require_GET
@permission_required(RIGHTS, raise_exception=True)
def lineage_page(request: HttpRequest) -> HttpResponse:
    """The picture of everything, or of what one tag, segment or audience is made of and what is made of it."""
    graph = lineage()
    kind, _, key = request.GET.get("of", "").partition(":")
    if kind and (kind, key) not in graph.nodes:
        raise Http404
    shown = graph.around((kind, key)) if kind else graph
    links = {name: reverse("segmentation:lineage", query={"of": ":".join(name)}) for name in shown.nodes}
    context = {
        "chosen": graph.nodes.get((kind, key)),
        "about": reverse(PAGES[kind], args=[key]) if kind in PAGES else "",
        "chart": shown.chart(links) if shown.edges else None,
        "edges": [(shown.nodes[a], shown.nodes[b]) for a, b in sorted(shown.edges)] if kind else [],
        "height": len(shown.nodes),
    }
    return render(request, "segmentation/health/lineage.html", context)
