"""The page on intake: rate, what was set aside and why, and trying again."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from customers import intake_selectors, touched
from customers.tracking import quarantine

# Messages that are tried again at once: each takes a transaction.
REPLAYED_AT_ONCE = 500


@permission_required("customers.view_source", raise_exception=True)
def intake(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "sources": intake_selectors.sources(now - timedelta(days=1)),
        "chart": intake_selectors.hourly_chart(now),
        "aside": intake_selectors.set_aside(),
        "misfits": intake_selectors.misfits(),
        "latest": intake_selectors.latest_event(),
        "delay": touched.delay(now - timedelta(hours=1)),
    }
    return render(request, "customers/intake.html", context)


@require_POST
@permission_required("customers.change_quarantinedmessage", raise_exception=True)
def replay(request: HttpRequest) -> HttpResponse:
    """Try again to store what waits for one reason."""
    kept = list(intake_selectors.waiting(request.POST.get("reason", ""))[:REPLAYED_AT_ONCE])
    stored = sum(quarantine.replay(kept=message) for message in kept)
    told = ngettext("%(count)d message is stored now.", "%(count)d messages are stored now.", stored)
    messages.success(request, told % {"count": stored})
    if left := len(kept) - stored:
        told = ngettext("%(count)d stays as it was.", "%(count)d stay as they were.", left)
        messages.warning(request, told % {"count": left})
    return redirect("intake:overview")
