"""What `one_customer.py` measures: requests for one customer's tags, scores and recommendations, and the sums alone.

Every request goes through the whole site (session, permission, serialiser), each for another customer. Beside them the
sums without the site: a customer's row placed in a clustering and scored by a prediction from their model cards.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from benchmarks.claims import Claim
from customers.models import Customer
from segmentation.prediction.forest import Forest
from segmentation.segments.clustering import Model
from segmentation.tags.models import Tag

LIMIT = 20


def measured(requests: int) -> list[Claim]:
    """Milliseconds, each with its promise. The user who asks is gone afterwards."""
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
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)

    def ask(id: int) -> None:
        response = client.get(f"/api/v1/customers/{id}/{what}")
        assert response.status_code == 200, response.content[:300]

    ask(ids[0])  # what a process loads once
    return _timed(ask, ids)


def _sums(times: int) -> list[Claim]:
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
