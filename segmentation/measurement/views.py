"""Pages of results: all campaigns, and one with its verdict, its course and its parts."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from segmentation.audiences.models import Audience
from segmentation.audiences.selectors import audience_by_key
from segmentation.errors import SegmentationError
from segmentation.measurement import selectors, services, wording
from segmentation.measurement.catalog import all_metrics
from segmentation.measurement.forms import MeasureForm
from segmentation.measurement.models import Look, Measurement
from segmentation.runs.selectors import UNHAPPY, active_run, runs_of
from segmentation.sets.models import NamedSet
from segmentation.tags.models import in_language
from segmentation.tasks import enqueue

SHOWN_PARTS = 12
# The lines of the course.
ENDS = {"difference": gettext_lazy("Difference"), "low": gettext_lazy("At least"), "high": gettext_lazy("At most")}


@permission_required("segmentation.view_measurement", raise_exception=True)
def result_list(request: HttpRequest) -> HttpResponse:
    """All measured campaigns, those that ended corrected for each other."""
    rows = [
        {"campaign": c, "row": c.lift and wording.row(c.metric, "", c.format, c.lift)} for c in selectors.campaigns()
    ]
    return render(request, "segmentation/measurement/list.html", {"rows": rows})


@permission_required("segmentation.view_measurement", raise_exception=True)
def result_detail(request: HttpRequest, key: str) -> HttpResponse:
    """What the campaign of this audience brought; before anybody asked, the form to ask."""
    audience = _audience(key)
    measurement = selectors.measurements().filter(version__audience=audience).order_by("-version__number").first()
    if measurement is None or request.GET.get("again") == "1":
        return _ask(request, audience)
    looks = list(measurement.looks.all())
    last = next(iter(runs_of(services.KIND, key, limit=1)), None)
    context = {
        "audience": audience,
        "measurement": measurement,
        "metric": selectors.metric_name(measurement.metric),
        "looking": active_run(services.KIND, key),
        "failed": last if last and last.state in UNHAPPY else None,
        "day": measurement.day_at(timezone.now()),
        "began_before": measurement.start < measurement.version.frozen_at,
    }
    if looks:
        context |= _told(measurement, looks)
    return render(request, "segmentation/measurement/detail.html", context)


@require_POST
@permission_required("segmentation.add_measurement", raise_exception=True)
def result_measure(request: HttpRequest, key: str) -> HttpResponse:
    """Decides how the campaign is measured."""
    audience, form = _audience(key), MeasureForm(request.POST)
    if audience.frozen_version is None or not form.is_valid():
        return _ask(request, audience, form)
    try:
        services.measure(version=audience.frozen_version, by=request.user, **form.cleaned_data)
    except SegmentationError as error:
        form.add_error(error.where if error.where in form.fields else None, error.message)
        return _ask(request, audience, form)
    messages.success(request, _("The campaign is measured from now on; results are computed every night."))
    return redirect("segmentation:result_detail", key)


@require_POST
@permission_required("segmentation.add_measurement", raise_exception=True)
def result_look(request: HttpRequest, key: str) -> HttpResponse:
    """Looks now instead of in the night."""
    measurement = Measurement.objects.filter(version__audience=_audience(key)).order_by("-version__number").first()
    if measurement is None:
        raise Http404
    enqueue(services.request_look(measurement=measurement, by=request.user))
    return redirect("segmentation:result_detail", key)


def _ask(request: HttpRequest, audience: Audience, form: MeasureForm | None = None) -> HttpResponse:
    frozen = audience.frozen_version
    initial = {"start": timezone.localtime(frozen.frozen_at).replace(second=0, microsecond=0)} if frozen else {}
    initial |= audience.suggested
    context = {"audience": audience, "frozen": frozen, "form": form or MeasureForm(initial=initial)}
    return render(request, "segmentation/measurement/ask.html", context, status=422 if form else 200)


def _told(measurement: Measurement, looks: list[Look]) -> dict[str, Any]:
    newest, metrics = looks[-1].result, all_metrics()
    decisive = newest["metrics"].get(measurement.metric)
    headline, tone = wording.verdict(
        decisive, is_sound=newest["ratio"]["is_sound"], is_final=newest["day"] == newest["days"]
    )
    names = {key: in_language(metric.name_zh, metric.name_en) for key, metric in metrics.items()}
    about = {key: in_language(metric.description_zh, metric.description_en) for key, metric in metrics.items()}
    rows = {
        key: wording.row(names[key], about[key], metrics[key].format, lift)
        for key, lift in newest["metrics"].items()
        if key in metrics
    }
    return {
        "look": looks[-1],
        "result": newest,
        "headline": headline,
        "tone": tone,
        "decisive": rows.get(measurement.metric),
        "rows": sorted(rows.values(), key=lambda one: one.name != names[measurement.metric]),
        "course": _course(measurement, looks) if len(looks) > 1 else None,
        "parts": _parts(measurement, newest.get("parts", [])),
        "uplift": newest.get("uplift"),
        "gain": _gain(newest.get("uplift")),
    }


def _course(measurement: Measurement, looks: list[Look]) -> dict[str, Any]:
    """The decisive difference day by day between its bounds, for a picture of lines."""
    share = all_metrics()[measurement.metric].format == "share"
    found = [look for look in looks if measurement.metric in look.result["metrics"]]
    ends = {end: [look.result["metrics"][measurement.metric][end] for look in found] for end in ENDS}
    return {
        "x": [_("day %(day)d") % {"day": look.day} for look in found],
        "format": "percent" if share else "number",
        "series": [
            {"name": str(label), "data": ends[end], "colour": "blue", "dashed": end != "difference"}
            for end, label in ENDS.items()
        ],
    }


def _parts(measurement: Measurement, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tag values with the clearest differences."""
    chosen = sorted(parts, key=lambda part: part["p_adjusted"])[:SHOWN_PARTS]
    keys = {part["part"]["tag"] for part in chosen}
    labels = {(row.key, row.value): row for row in NamedSet.objects.filter(kind=NamedSet.Kind.TAG_VALUE, key__in=keys)}
    format = all_metrics()[measurement.metric].format
    rows = []
    for part in chosen:
        tag, value = part["part"]["tag"], part["part"]["value"]
        known = labels.get((tag, value))
        name = f"{tag} · {value}"
        if known:
            label = in_language(known.label_zh, known.label_en)
            name = f"{label} · {in_language(known.value_label_zh, known.value_label_en)}"
        rows.append(
            {
                "row": wording.row(name, "", format, part | {"is_clear": part["p_adjusted"] < 0.05}),
                "tag": tag,
                "value": value,
                "customers": part["treated_size"] + part["held_out_size"],
            }
        )
    return rows


def _gain(uplift: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not uplift or "curve" not in uplift:
        return None
    curve = [0.0, *uplift["curve"]]
    tenths = [f"{10 * i} %" for i in range(len(curve))]
    chance = [curve[-1] * i / (len(curve) - 1) for i in range(len(curve))]
    return {
        "x": tenths,
        "x_name": _("Customers, most promising first"),
        "series": [
            {"name": _("By prediction"), "data": curve, "colour": "blue"},
            {"name": _("By chance"), "data": chance, "colour": "orange", "dashed": True},
        ],
    }


def _audience(key: str) -> Audience:
    try:
        return audience_by_key(key)
    except Audience.DoesNotExist:
        raise Http404 from None
