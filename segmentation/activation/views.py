"""The download of an exported file."""

import re
from pathlib import Path

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.privacy.recent import recently_signed_in
from segmentation.activation.models import Export
from segmentation.activation.services import open_download

TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_GET
@permission_required("segmentation.export_audience", raise_exception=True)
@recently_signed_in
def export_download(request: HttpRequest, pk: int) -> FileResponse:
    """The file of this export, for those who may export: written to the access log, kept by no cache."""
    export = get_object_or_404(Export.objects.select_related("version__audience"), pk=pk)
    try:
        path = open_download(export=export, by=request.user)
    except FileNotFoundError:
        raise Http404(_("The file of this export is gone.")) from None
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=_file_name(export), content_type=TYPES.get(path.suffix)
    )
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file_name(export: Export) -> str:
    """What a person calls the audience, with version and day: two of them in one folder can be told apart."""
    name = re.sub(r'[\\/:*?"<>|\s]+', "-", export.version.audience.name).strip("-.")
    day = timezone.localtime(export.created_at)
    return f"{name}-v{export.version.number}-{day:%Y-%m-%d}{Path(export.path).suffix}"
