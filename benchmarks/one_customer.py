"""One customer over the API: the tags with their scores, and what to offer. p95 of whole requests, in a filled demo.

    python -m benchmarks.one_customer [requests]

Uses the installation that SEGTAG_VAR names, after `make demo`: every request goes through the whole site (session,
permission, serialiser), each for another customer. Beside them the sums themselves, without the site: a customer's
row placed in a clustering and scored by a prediction from their model cards.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import django
import numpy as np

from benchmarks.claims import Claim

REQUESTS, LIMIT = 500, 20


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "segtag_site.settings", "SEGTAG_HTTPS": "0", "SEGTAG_API_RATE": "1000000"}
    django.setup()
    for claim in measured(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS):
        print(f"{claim.name}: {claim.measured:,.2f} {claim.unit}, {claim.promise} {claim.limit:g}: {claim.ratio:.2f}")


def measured(requests: int) -> list[Claim]:
    """Milliseconds, each with its promise. The user who asks is gone afterwards."""
    from django.contrib.auth.models import User  # noqa: PLC0415 (Django is set up by now)
    from django.db import transaction  # noqa: PLC0415 (Django is set up by now)

    from customers.models import Customer  # noqa: PLC0415 (Django is set up by now)

    ids = list(Customer.objects.filter(merged_into=None).order_by("?").values_list("pk", flat=True)[:requests])
    with transaction.atomic():
        user = User.objects.create_superuser("one-customer")
        found = [
            claim
            for what in ("tags", "scores", "recommendations")
            for claim in _claims(f"customer's {what} by API", _requests(user, ids, what))
        ]
        transaction.set_rollback(True)
    return [*found, *_sums(requests)]


def _requests(user: Any, ids: Sequence[int], what: str) -> list[tuple[float, float]]:
    from django.conf import settings  # noqa: PLC0415 (Django is set up by now)
    from django.test import Client  # noqa: PLC0415 (Django is set up by now)

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)

    def ask(id: int) -> None:
        response = client.get(f"/api/v1/customers/{id}/{what}")
        assert response.status_code == 200, response.content[:300]

    ask(ids[0])  # what a process loads once
    return _timed(ask, ids)


def _sums(times: int) -> list[Claim]:
    from segmentation.prediction.forest import Forest  # noqa: PLC0415 (Django is set up by now)
    from segmentation.segments.clustering import Model  # noqa: PLC0415 (Django is set up by now)
    from segmentation.tags.models import Tag  # noqa: PLC0415 (Django is set up by now)

    tags = Tag.objects.filter(kind__in=("cluster", "predicted"), last_run__isnull=False)
    results = {tag.kind: tag.last_run.result for tag in tags if "model" in tag.last_run.result}
    model = Model.from_json(results["cluster"]["model"])
    forest = Forest.from_json(results["predicted"]["model"]["forest"])
    values = {column.key: np.array([1.0]) for column in model.encoder.columns}
    row = np.ones((1, len(results["predicted"]["features"])))
    return [
        *_claims("one row placed in a clustering", _timed(lambda _: model.place(values), range(times))),
        *_claims("one row scored by a forest", _timed(lambda _: forest.score(row), range(times))),
    ]


def _timed(ask: Callable[[int], object], ids: Sequence[int]) -> list[tuple[float, float]]:
    """Of each call the milliseconds that passed, and those of the processor: on a busy machine they differ."""
    took = []
    for id in ids:
        began, worked = time.perf_counter(), time.thread_time()
        ask(id)
        took.append((1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - worked)))
    return took


def _claims(name: str, took: Sequence[tuple[float, float]]) -> list[Claim]:
    passed, worked = np.percentile(np.array(took), 95, axis=0).tolist()
    return [
        Claim(f"{name}, p95", (passed,), "ms", "at most", LIMIT),
        Claim(f"{name}, p95 of the processor's time", (worked,), "ms", "at most", LIMIT),
    ]


if __name__ == "__main__":
    main()
