"""What the page of an audience asks of the activation."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from customers.privacy.recent import recently_signed_in
from segmentation.activation.services import ExportOptions, request_export
from segmentation.audiences.models import AudienceVersion
from segmentation.errors import SegmentationError
from segmentation.tasks import enqueue


@require_POST
@permission_required("segmentation.export_audience", raise_exception=True)
@recently_signed_in
def audience_export(request: HttpRequest, key: str) -> HttpResponse:
    """Starts the export of what was frozen last."""
    frozen = AudienceVersion.objects.select_related("audience")
    version = get_object_or_404(frozen, audience__key=key, pk=F("audience__frozen_version"))
    options = ExportOptions(
        columns=request.POST.getlist("columns"),
        language=(get_language() or "") if "names" in request.POST else "",
        bom="bom" in request.POST,
    )
    wanted = "xlsx" if request.POST.get("destination") == "xlsx" else "file"
    try:
        enqueue(request_export(version=version, options=options, destination=wanted, by=request.user))
    except SegmentationError as error:
        messages.error(request, error.message)
    return redirect("segmentation:audience_detail", key)
