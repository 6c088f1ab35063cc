"""Pages of the clusterings: tags whose values were found, not defined."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from segmentation.runs.selectors import active_run, runs_of
from segmentation.tags import selectors
from segmentation.tags.cluster_pictures import faces, pictured
from segmentation.tags.cluster_words import contest_rows, events, migration_table, warnings
from segmentation.tags.definition_words import definition_in_words
from segmentation.tags.models import Tag
from segmentation.tags.studio_forms import ADVICE

COMPUTE = "tags.compute"
KIND = "cluster"


@permission_required("segmentation.view_tag", raise_exception=True)
def cluster_list(request: HttpRequest) -> HttpResponse:
    """All clusterings, each with its groups."""
    tags = [row.tag for node in selectors.taxonomy() for row in node.tags if row.tag.kind == KIND]
    rows = [{"tag": tag, "row": selectors.tag_row(tag), "sizes": selectors.value_sizes(tag)} for tag in tags]
    return render(request, "segmentation/clusters/list.html", {"rows": rows})


@permission_required("segmentation.view_tag", raise_exception=True)
def cluster_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One clustering: map, heat map, groups, quality, and why there are so many groups."""
    tag = get_object_or_404(
        Tag.objects.select_related("category", "live_version", "last_run"), key=key, kind=KIND
    )  # fmt: skip
    result, shown = selectors.cluster_result(tag), faces(selectors.value_sizes(tag))
    names = {value.key: value.name for value in tag.values.all()}
    context = {
        "tag": tag,
        **pictured(result, shown),
        "warnings": warnings(result),
        "contest": contest_rows(result, algorithm_names()),
        "events": events(result, names),
        "migration": migration_table(result, names),
        "lines": definition_in_words(tag),
        "active": active_run(COMPUTE, key),
        "runs": runs_of(COMPUTE, key, limit=5),
    }
    return render(request, "segmentation/clusters/detail.html", context)


def algorithm_names() -> dict[str, str]:
    """What the algorithms are called, in the reader's language."""
    return {key: str(name) for key, (name, _advice) in ADVICE.items()}
