"""Routes of the tracking API: each with and without a slash at its end, because a redirect loses events."""

from django.urls import path

from customers.tracking.views import KINDS, track

BATCHES = ("v1/batch", "v1/import", "v1/b", "beacon/v1/batch")

tracking_patterns = [
    path(f"{route}{slash}", track, {"kind": kind})
    for route, kind in [*((route, "") for route in BATCHES), *((f"v1/{kind}", kind) for kind in KINDS)]
    for slash in ("", "/")
]
