"""The composition root: knows every app, decides nothing."""

from segtag_site.celery import app as celery_app

# Celery's shared tasks find their app here, in the web process too.
__all__ = ["celery_app"]
