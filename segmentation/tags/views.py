"""Pages of the tags: the taxonomy, and one tag with its values."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.spelling import found_by
from segmentation import dependencies
from segmentation.review import State
from segmentation.runs.selectors import active_run, runs_of
from segmentation.runs.services import request_run
from segmentation.sets.models import NamedSet
from segmentation.sets.selectors import everybody
from segmentation.tags import selectors
from segmentation.tags.definition_words import definition_in_words
from segmentation.tags.loading import all_kinds, kind_of
from segmentation.tags.models import Category, Tag, in_language
from segmentation.tags.pictures import history_chart, rfm_chart, value_bars, value_chart
from segmentation.tags.selectors import CategoryNode, TagRow
from segmentation.tasks import enqueue
from segmentation.templatetags.sets import members_address

COMPUTE = "tags.compute"


@permission_required("segmentation.view_tag", raise_exception=True)
def tag_list(request: HttpRequest) -> HttpResponse:
    """The taxonomy: every category with its tags, or those that fit the search."""
    query = request.GET.get("q", "").strip()
    nodes = selectors.taxonomy()
    rows = [row for node in nodes for row in node.tags]
    bars = value_bars(everybody())
    context = {
        "nodes": [_fitting(node, query) for node in nodes] if query else nodes,
        "paths": category_paths(nodes),
        "q": query,
        "tags": len(rows),
        "computed": sum(row.covered is not None for row in rows),
        "bars": bars,
        "values": sum(map(len, bars.values())),
        "kinds": {key: in_language(kind.labels.zh, kind.labels.en) for key, kind in all_kinds().items()},
    }
    return render(request, "segmentation/tags/list.html", context)


@permission_required("segmentation.view_tag", raise_exception=True)
def tag_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One tag: its values and their customers, what it says in words, its history, who uses it."""
    tag = get_object_or_404(Tag.objects.select_related("category", "live_version", "last_run", "owner"), key=key)
    sizes = selectors.value_sizes(tag)
    kind = kind_of(tag.kind)
    context = {
        "tag": tag,
        "row": selectors.tag_row(tag),
        "kind": in_language(kind.labels.zh, kind.labels.en),
        "kind_description": in_language(kind.description.zh, kind.description.en),
        "sizes": sizes,
        "values_chart": value_chart(sizes, [_members(key, row.value.key) for row in sizes]),
        "history_chart": history_chart(sizes, selectors.value_history(tag)),
        "rfm_chart": rfm_chart(tag.last_run.result) if tag.kind == "rfm" and tag.last_run else None,
        "lines": definition_in_words(tag),
        "versions": (versions := list(tag.versions.select_related("created_by")[:10])),
        "waiting": next((one for one in versions if one.state == State.REVIEW), None),
        "draft": next((one for one in versions[:1] if one.state in {State.DRAFT, State.RETURNED}), None),
        "used_by": dependencies.users_of(("tag", key)),
        "active": active_run(COMPUTE, key),
        "runs": runs_of(COMPUTE, key, limit=5),
    }
    return render(request, "segmentation/tags/detail.html", context)


@require_POST
@permission_required("segmentation.run_tag", raise_exception=True)
def tag_run(request: HttpRequest, key: str) -> HttpResponse:
    """Computes the tag now; with `rebuild` a clustering begins anew."""
    tag = get_object_or_404(Tag, key=key)
    if tag.status != Tag.Status.LIVE:
        messages.error(request, _("Only a live tag is computed. Publish it first."))
        return redirect("segmentation:tag_detail", key)
    params = {"rebuild": True} if request.POST.get("rebuild") else {}
    enqueue(request_run(kind=COMPUTE, subject=key, params=params, by=request.user))
    page = "cluster_detail" if request.POST.get("back") == "cluster" else "tag_detail"
    return redirect(f"segmentation:{page}", key)


def _fitting(node: CategoryNode, query: str) -> CategoryNode:
    """The category with the tags that fit; with all of them when its own name fits."""
    if found_by(query, node.category.name_zh, node.category.name_en):
        return node
    return CategoryNode(node.category, node.depth, [row for row in node.tags if _fits(row, query)])


def _fits(row: TagRow, query: str) -> bool:
    """By name or key, 汉字 or pinyin; or a description that holds it as it is written."""
    tag = row.tag
    described = f"{tag.description_zh}\n{tag.description_en}".lower()
    return found_by(query, tag.key, tag.name_zh, tag.name_en) or query.lower() in described


def category_paths(nodes: list[CategoryNode]) -> dict[int, str]:
    """Each category's name behind those it is in: `Demography › Basics`."""
    names = {node.category.path: node.category.name for node in nodes}
    step = Category.steplen
    return {
        node.category.pk: " › ".join(
            names[node.category.path[: end + step]] for end in range(0, node.depth * step, step)
        )
        for node in nodes
    }


def _members(key: str, value: str) -> str:
    return members_address(NamedSet.Kind.TAG_VALUE, key, value)
