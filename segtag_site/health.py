"""What machines ask: is the process alive, can it serve, and how much came in."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from customers import api_keys
from customers.models import QuarantinedMessage
from customers.tracking.books import intake_since
from segmentation.runs.models import Run
from segtag_site.api_auth import address_of

# Scope of the key that may read the metrics.
METRICS = "segmentation.view_run"


@require_safe
@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing of database or broker: restarting it would not mend those."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers: requests may come. The broker is told, but its absence only makes jobs wait."""
    checks = {"database": _database_answers(), "broker": _broker_answers()}
    return JsonResponse(checks, status=200 if checks["database"] else 503)


@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus' text format, for staff and for a key with the right to see runs. No personal data."""
    if not _may_read(request):
        return HttpResponse("Sign in, or send a key.", status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse("".join(_lines()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = api_keys.holder_of(secret.strip(), address_of(request))
        return found is not None and found[0].has_perm(METRICS)
    return request.user.is_authenticated and request.user.is_staff and request.user.has_perm(METRICS)


def _lines() -> Iterator[str]:
    yield "# HELP segtag_intake_day What became of messages of the last 24 hours, by source (0: unknown key).\n"
    yield "# TYPE segtag_intake_day gauge\n"
    for source, counts in intake_since(timezone.now() - timedelta(days=1)).items():
        for outcome, count in counts.items():
            yield f'segtag_intake_day{{source="{source}",outcome="{outcome}"}} {count}\n'
    waiting = QuarantinedMessage.objects.filter(state=QuarantinedMessage.State.WAITING).count()
    yield "# HELP segtag_quarantine_waiting Messages set aside that wait for somebody.\n"
    yield f"# TYPE segtag_quarantine_waiting gauge\nsegtag_quarantine_waiting {waiting}\n"
    yield "# HELP segtag_runs Runs by state.\n# TYPE segtag_runs gauge\n"
    for state, runs in Run.objects.order_by("state").values_list("state").annotate(runs=Count("pk")):
        yield f'segtag_runs{{state="{state}"}} {runs}\n'


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False


def _broker_answers() -> bool:
    try:
        cache.get("ready")
    except (RedisError, OSError):
        return False
    return True
