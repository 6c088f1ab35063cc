"""The page of a prediction's quality."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from segmentation.runs.selectors import active_run, runs_of
from segmentation.tags import prediction_pictures as pictures
from segmentation.tags.cluster_views import COMPUTE
from segmentation.tags.models import Tag

KIND, RUNS = "predicted", 30


@permission_required("segmentation.view_tag", raise_exception=True)
def prediction_detail(request: HttpRequest, key: str) -> HttpResponse:
    """How good a prediction is: on days it had not seen, by decile, and from run to run."""
    tag = get_object_or_404(Tag.objects.select_related("category", "last_run"), key=key, kind=KIND)
    result = tag.last_run.result if tag.last_run else {}
    runs = [run for run in runs_of(COMPUTE, key, limit=RUNS) if run.result]
    context = {
        "tag": tag,
        "result": result,
        "judged": result.get("judged"),
        "deciles": pictures.deciles(result),
        "calibration_chart": pictures.calibration_chart(result),
        "quality_chart": pictures.quality_chart(runs),
        "drift": pictures.drift(runs),
        "active": active_run(COMPUTE, key),
    }
    return render(request, "segmentation/tags/prediction.html", context)
