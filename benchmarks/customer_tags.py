"""One customer's tags over the API, and what sixty daily runs of 500 tag values take on disk.

    python -m benchmarks.customer_tags [customers] [tags] [days] [percent]

In a database of its own: 100 tags of five values each over a million customers, of whom so many percent (1) change the
value of each tag from day to day, whoever it may be. Prints the promises of the claims: p95 of 1,000 requests through
the whole site, the bytes on disk; and how long it takes to read the oldest day and a customer's way through all days.
"""

import os
import sys
import tempfile
import time
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
import numpy as np
from pyroaring import BitMap

from benchmarks.claims import Claim

VALUES, REQUESTS = 5, 1_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    asked = [int(one) for one in sys.argv[1:]]
    customers, tags, days, percent = (asked + [1_000_000, 100, 60, 1][len(asked) :])[:4]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "segtag_site.settings", "SEGTAG_VAR": folder}
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ |= {"SEGTAG_DEMO": "1", "SEGTAG_HTTPS": "0", "SEGTAG_API_RATE": "1000000"}
        django.setup()
        measured = _measure(Path(folder), customers, tags, days, percent)
    for claim in measured:
        print(f"{claim.name}: {claim.measured:,.1f} {claim.unit}, {claim.promise} {claim.limit:g}: {claim.ratio:.2f}")


def _measure(folder: Path, customers: int, tags: int, days: int, percent: int) -> list[Claim]:
    from django.core.management import call_command  # noqa: PLC0415 (Django is set up by now)

    call_command("migrate", verbosity=0)
    seconds = _publish(customers, tags, days, percent)
    size = sum(path.stat().st_size for path in folder.glob("bench.sqlite3*")) / 2**20
    told = f"{tags * VALUES} values of {customers:,} customers, {days} days, {percent} % a day moving"
    print(f"{told}: {seconds / days:.2f} s a day to publish")
    _past(tags)
    cold, took = _requests(customers)
    print(f"first request of a process, reading every set: {cold:.0f} ms")
    return [
        Claim("customer's tags by API, p95", (float(np.percentile(took, 95)),), "ms", "at most", 50),
        Claim("sixty daily runs on disk", (size * 60 / days,), "MB", "at most", 1024),
    ]


def _past(tags: int) -> None:
    """Print how long the past takes to read."""
    from segmentation.history.selectors import moves_of  # noqa: PLC0415 (Django is set up by now)
    from segmentation.sets import store  # noqa: PLC0415 (Django is set up by now)

    began = time.perf_counter()
    for number in range(min(tags, 20)):
        store.at_date("tag_value", f"tag-{number}", "v0", FIRST)
    print(f"the oldest day of one value: {1000 * (time.perf_counter() - began) / min(tags, 20):.0f} ms")
    began = time.perf_counter()
    found = moves_of(1, now=FIRST + timedelta(days=60))
    print(f"a customer's last {len(found)} moves: {time.perf_counter() - began:.2f} s")


def _publish(customers: int, tags: int, days: int, percent: int) -> float:
    from segmentation.sets import store  # noqa: PLC0415 (Django is set up by now)
    from segmentation.tags.models import Category, Tag, TagValue  # noqa: PLC0415 (Django is set up by now)

    chance = np.random.default_rng(0)
    category = Category.objects.add_root(instance=Category(key="all", name_zh="全", name_en="All"))
    seconds = 0.0
    for number in range(tags):
        key = f"tag-{number}"
        tag = Tag.objects.create(key=key, category=category, name_zh="签", name_en="Tag", kind="rule", status="live")
        TagValue.objects.bulk_create(
            TagValue(tag=tag, key=f"v{v}", name_zh="值", name_en="Value", order=v) for v in range(VALUES)
        )
        sets = [store.named("tag_value", key, f"v{v}", label_zh="签", label_en="Tag") for v in range(VALUES)]
        value = chance.integers(0, VALUES, customers)
        for day in range(days):
            if day:
                moving = chance.choice(customers, customers * percent // 100, replace=False, shuffle=False)
                value[moving] = (value[moving] + chance.integers(1, VALUES, len(moving))) % VALUES
            members = {one: _bitmap(np.flatnonzero(value == v)) for v, one in enumerate(sets)}
            began = time.perf_counter()
            store.publish(members, run=None, as_of=FIRST + timedelta(days=day))
            seconds += time.perf_counter() - began
    return seconds


def _bitmap(ids: np.ndarray) -> BitMap:
    """The ids as a bitmap; from an array of machine words ten times as fast as from numpy's."""
    return BitMap(array("I", ids.astype(np.uint32).tobytes()))


def _requests(customers: int) -> tuple[float, list[float]]:
    from django.conf import settings  # noqa: PLC0415 (Django is set up by now)
    from django.contrib.auth.models import User  # noqa: PLC0415 (Django is set up by now)
    from django.test import Client  # noqa: PLC0415 (Django is set up by now)

    from customers.models import Customer  # noqa: PLC0415 (Django is set up by now)

    ids = np.random.default_rng(1).choice(customers, REQUESTS, replace=False)
    Customer.objects.bulk_create(Customer(pk=int(pk), external_id=f"c{pk}", first_seen_at=FIRST) for pk in ids)
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_superuser("bench"))
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    took, worked = [], []
    for pk in ids:
        began, cpu = time.perf_counter(), time.process_time()
        response = client.get(f"/api/v1/customers/{pk}/tags")
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - cpu))
        assert response.status_code == 200, response.content[:300]
    assert len(response.json()) > 0
    half, most = np.percentile(worked[1:], [50, 95])
    print(f"of a request, the processor's part: p50 {half:.0f} ms, p95 {most:.0f} ms")
    return took[0], took[1:]


if __name__ == "__main__":
    main()
