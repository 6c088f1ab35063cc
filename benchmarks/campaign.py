"""Claim: a campaign over a million customers is counted in a second, frozen and exported in fifteen, in a gigabyte.

    python -m benchmarks.campaign [--customers 1000000] [--repeat 3] [--shop FOLDER]

Makes a database of its own (SQLite, unless SEGTAG_BENCH_DATABASE names another), with its lake. The audience: six sets
in a tree of include and exclude, consent of the channel, a suppression list, a frequency cap over three earlier
campaigns, a universal holdout and one of its own. Each part is measured in a process of its own, as a worker would
be: its first waterfall, later ones, the runs that freeze and export with all they write, its peak of memory.
"""

import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import numpy as np
from pyroaring import BitMap

from benchmarks.claims import Claim, at_most, table
from benchmarks.processes import manage, measured

SHARES = {"loyal": 0.9, "rising": 0.8, "new": 0.7, "staff": 0.02, "returners": 0.05, "north": 0.6}
INCLUDE = {"any": [{"all": [{"segment": "loyal"}, {"segment": "rising"}]}, {"segment": "new"}]}
EXCLUDE = {"any": [{"segment": "staff"}, {"all": [{"segment": "returners"}, {"not": {"segment": "north"}}]}]}
# Everybody answered once, every tenth took it back; every 400th is on the suppression list, every 1,000th was merged.
FILL = (
    """INSERT INTO customers_customer (external_id, traits, merged_into_id, first_seen_at, created_at, updated_at)
    SELECT 'C' || n, '{{"points": ' || (n % 1000) || '}}', CASE WHEN n % 1000 = 0 THEN n - 1 END, {day}, {day}, {day}
    FROM {numbers}""",
    """INSERT INTO customers_consent (customer_id, purpose, channel, granted, at, source, text_version)
    SELECT n, 'marketing', 'email', n % 10 < 9, {day}, 'sign-up', '' FROM {numbers}""",
    """INSERT INTO customers_consent (customer_id, purpose, channel, granted, at, source, text_version)
    SELECT n, 'marketing', 'email', n % 10 = 9, {later}, 'page', '' FROM {numbers} WHERE n % 11 = 0""",
    """INSERT INTO segmentation_suppression (customer_id, channel, reason, source, at)
    SELECT n, '', 'request', '', {later} FROM {numbers} WHERE n % 400 = 0""",
)
DAYS = {"day": "'2026-01-01 00:00:00'", "later": "'2026-02-01 00:00:00'"}
COLUMNS = ["external_id", "trait:points", "tag:level"]


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--shop", type=Path, help="where the shop is made and kept, or found")
    parser.add_argument("--stage", choices=tuple(STAGES), help="one part, in this process")
    options = parser.parse_args()
    if options.stage:
        django.setup()
        print(json.dumps(STAGES[options.stage](options)))
        return
    with tempfile.TemporaryDirectory(prefix="segtag-bench-") as folder:
        claims = list(_claims(options, options.shop or Path(folder)))
    print(table(claims))
    raise SystemExit(not all(claim.kept for claim in claims))


def _claims(options: Any, shop: Path) -> list[Claim]:
    environment = {
        "SEGTAG_VAR": str(shop),
        "SEGTAG_DEMO": "1",
        "SEGTAG_LOG_LEVEL": "WARNING",
        "SEGTAG_APPROVAL_ABOVE": "0",
        "DATABASE_URL": os.environ.get("SEGTAG_BENCH_DATABASE", f"sqlite:///{shop}/segtag.sqlite3"),
        "DJANGO_SETTINGS_MODULE": "segtag_site.settings",
    }
    given = ("--customers", str(options.customers), "--repeat", str(options.repeat))

    def stage(name: str) -> tuple[dict[str, Any], float]:
        told = measured("-m", "benchmarks.campaign", "--stage", name, *given, environment=environment)
        return json.loads(told.said.splitlines()[-1]), told.megabytes

    manage("migrate", "-v0", environment=environment)
    if not (shop / "filled").exists():
        stage("fill")
        manage("lake", "sync", "--quiet", environment=environment)
        stage("earlier")
        (shop / "filled").touch()
    counted, counting = stage("count")
    sent = [stage("send") for _ in range(options.repeat)]
    print(f"{counted['matched']:,} matched, {counted['reached']:,} reached, {sent[0][0]['rows']:,} rows exported")
    return [
        at_most("waterfall, the first of a process", 1.0, "s", [counted["seconds"][0]]),
        at_most("waterfall, later ones", 1.0, "s", counted["seconds"][1:]),
        at_most("frozen and exported", 15.0, "s", [one["freeze"] + one["export"] for one, _peak in sent]),
        at_most("peak memory of the waterfall", 1000, "MB", [counting]),
        at_most("peak memory of freezing and exporting", 1000, "MB", [peak for _one, peak in sent]),
    ]


def fill(options: Any) -> dict[str, Any]:
    """Customers, consents and suppressions by SQL; the segments, a tag and three earlier campaigns by services."""
    from django.db import connection  # noqa: PLC0415 (Django is set up by now)

    from customers.models import Trait  # noqa: PLC0415 (Django is set up by now)
    from segmentation.audiences import suppression  # noqa: PLC0415 (Django is set up by now)
    from segmentation.sets import store  # noqa: PLC0415 (Django is set up by now)
    from segmentation.tags.models import Category, Tag  # noqa: PLC0415 (Django is set up by now)

    most = options.customers
    numbers = f"(WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {most}) SELECT n FROM up)"
    if connection.vendor == "postgresql":
        numbers = f"generate_series(1, {most}) AS up(n)"
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement.format(numbers=numbers, **DAYS))
    Trait.objects.create(name="points", type="number", column="t_points")
    category = Category.add_root(key="value", name_zh="价值", name_en="Value")
    Tag.objects.create(
        key="level", kind="rule", name_zh="等级", name_en="Level", category=category, status=Tag.Status.LIVE
    )
    sets = {
        store.named("segment", key, label_zh=key, label_en=key): _random_set(share, seed, most)
        for seed, (key, share) in enumerate(SHARES.items())
    }
    for order, value in enumerate(("gold", "silver", "plain")):
        named = store.named("tag_value", "level", value, label_zh="等级", label_en="Level", order=order)
        sets[named] = BitMap(range(order + 1, most + 1, 3))
    store.publish(sets, run=None, as_of=datetime.now(UTC))
    suppression.set_policy(universal_percent=5, caps={"email": {"most": 2, "days": 7}}, by=None)
    return {}


def earlier(_options: Any) -> dict[str, Any]:
    """Three campaigns of this week, each of other customers; who was in two of them has had enough."""
    from segmentation.audiences.services import request_freeze  # noqa: PLC0415 (Django is set up by now)

    for key in ("rising", "returners", "north"):
        _executed(request_freeze(audience=_audience(f"Before: {key}", include={"segment": key}), by=None))
    return {}


def count(options: Any) -> dict[str, Any]:
    """Seconds of each waterfall, the first with nothing in any cache but the imports."""
    from segmentation.audiences.services import preview_waterfall  # noqa: PLC0415 (Django is set up by now)

    audience = _audience("The campaign")
    seconds, fall = [], None
    for _ in range(options.repeat + 1):
        took, fall = _timed(lambda: preview_waterfall(audience, datetime.now(UTC)))
        seconds.append(took)
    assert fall is not None
    assert sum(len(step.removed) for step in fall.steps) + len(fall.reached) == len(fall.steps[0].left)
    return {"seconds": seconds, "matched": len(fall.steps[0].left), "reached": len(fall.reached)}


def send(_options: Any) -> dict[str, Any]:
    """Seconds of the run that freezes and of the one that exports, as a worker executes them."""
    from django.contrib.auth.models import User  # noqa: PLC0415 (Django is set up by now)

    from segmentation.activation.models import Export  # noqa: PLC0415 (Django is set up by now)
    from segmentation.activation.services import ExportOptions, request_export  # noqa: PLC0415
    from segmentation.audiences.services import request_freeze  # noqa: PLC0415 (Django is set up by now)

    by, _ = User.objects.get_or_create(username="root", is_superuser=True)
    audience = _audience(f"Campaign of {time.time()}")
    frozen = _executed(request_freeze(audience=audience, by=by))
    audience.refresh_from_db()
    assert audience.frozen_version is not None
    run = request_export(version=audience.frozen_version, options=ExportOptions(columns=COLUMNS), by=by)
    exported = _executed(run)
    rows = Export.objects.get(run=run).rows
    audience.versions.update(frozen_at=datetime.now(UTC) - timedelta(days=30))  # not to count for the next one's cap
    return {"freeze": frozen, "export": exported, "rows": rows}


def _audience(name: str, include: dict[str, Any] = INCLUDE) -> Any:
    from segmentation.audiences.services import create_audience  # noqa: PLC0415 (Django is set up by now)

    exclude = {"version": 1, "rule": EXCLUDE} if include is INCLUDE else None
    document = {"version": 1, "rule": include}
    return create_audience(by=None, name=name, channel="email", include=document, exclude=exclude, holdout_percent=10)


def _executed(run: Any) -> float:
    """Seconds of a run, which must succeed."""
    from segmentation.runs.executor import execute  # noqa: PLC0415 (Django is set up by now)

    seconds, ended = _timed(lambda: execute(run.pk))
    assert ended is not None
    assert ended.state == "succeeded", ended.error
    return seconds


def _random_set(share: float, seed: int, customers: int) -> BitMap:
    chosen = np.random.default_rng(seed).random(customers) < share
    return BitMap(np.flatnonzero(chosen).astype(np.uint32) + 1)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


STAGES = {"fill": fill, "earlier": earlier, "count": count, "send": send}

if __name__ == "__main__":
    sys.exit(main())
