"""Files of exports do not stay for ever: after some days they go, and the record says so."""

from datetime import datetime, timedelta

from django.conf import settings

from customers.privacy import access_log
from segmentation.activation.delivery_models import Delivery
from segmentation.activation.models import Export


def tidy_exports(now: datetime) -> int:
    """Removes the files of exports and deliveries older than SEGTAG_KEEP_EXPORTS days; how many. 0 days: none."""
    if not settings.KEEP_EXPORTS:
        return 0
    before, gone = now - timedelta(days=settings.KEEP_EXPORTS), 0
    for model in (Export, Delivery):
        for row in model.objects.filter(created_at__lt=before).exclude(path=""):
            path = (settings.EXPORT_DIR / row.path).resolve()
            if path.is_relative_to(settings.EXPORT_DIR.resolve()):
                path.unlink(missing_ok=True)
            model.objects.filter(pk=row.pk).update(path="")
            gone += 1
    # What killed attempts left behind belongs to no record.
    if settings.EXPORT_DIR.is_dir():
        for path in settings.EXPORT_DIR.iterdir():
            if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo) < before:
                path.unlink(missing_ok=True)
    if gone:
        access_log.record(actor=None, action="export.tidy", object_kind="export", object_key="", detail={"files": gone})
    return gone
