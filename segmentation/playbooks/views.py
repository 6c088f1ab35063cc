"""The page of the playbooks."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from segmentation.errors import SegmentationError
from segmentation.playbooks import selectors, services
from segmentation.rules.problems import RuleError
from segmentation.runs.services import request_run
from segmentation.tags.models import in_language
from segmentation.tasks import enqueue


@require_GET
@permission_required(["segmentation.view_segment", "segmentation.view_audience"], raise_exception=True)
def playbook_list(request: HttpRequest) -> HttpResponse:
    """Ready campaigns with live counts."""
    return render(request, "segmentation/playbooks/list.html", {"cards": selectors.cards(timezone.now())})


@require_POST
@permission_required(["segmentation.add_segment", "segmentation.add_audience"], raise_exception=True)
def playbook_use(request: HttpRequest, key: str, variant: str) -> HttpResponse:
    """Makes the segment and the draft, computes the segment, and opens the draft."""
    try:
        segment, audience = services.use_playbook(key=key, variant=variant, by=request.user)
    except RuleError as error:
        messages.error(request, "; ".join(one.text(in_language("zh", "en")) for one in error.problems))
        return redirect("segmentation:playbook_list")
    except SegmentationError as error:
        messages.error(request, error.message)
        return redirect("segmentation:playbook_list")
    if segment.live_version_id:
        enqueue(request_run(kind="segments.compute", subject=segment.key, by=request.user))
    messages.success(request, _("The segment and a draft of the audience are made. Look at it, then freeze it."))
    return redirect("segmentation:audience_detail", audience.key)
