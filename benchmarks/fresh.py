"""How long after its answer an event shows in its customer's segments over the API.

python -m benchmarks.fresh [--customers 20000] [--rules 200] [--rate 200] [--seconds 30] [--database postgres://…]

Makes customers and live segments on a fresh database, starts web server and `manage.py live`, sends events at a rate,
and asks `GET /api/v1/customers/{id}/segments` for some of their customers until the new segment is there. Prints one
JSON object; a p95 of at most 5 seconds is a pass.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime

from benchmarks.intake import ROOT, _free_port, _manage, _wait_for

# Customers that are asked for in each second.
ASKED = 3
PATIENCE = 60.0
PREPARE = """
import sys, django; django.setup()
from datetime import datetime, timezone
from django.contrib.auth.models import User
from customers import api_keys, bulk
from customers.models import Customer, Identity
from customers.ingest.pipeline import ingest
from customers.ingest.records import EventRecord
from segmentation.lake.sync import sync
from segmentation.runs.executor import execute
from segmentation.runs.services import request_run
from segmentation.segments.services import create_segment
many, rules = int(sys.argv[1]), int(sys.argv[2])
now = datetime.now(timezone.utc)
ingest([EventRecord(f"p{n}", f"u{n}", name, now, {"total": 1.5}) for n, name in enumerate(["Page Viewed", "Checkout"])])
for start in range(0, many, 5000):
    ids = range(start, min(many, start + 5000))
    at = bulk.stored_time(now)
    fields = ["external_id", "traits", "first_seen_at", "created_at", "updated_at"]
    bulk.insert(Customer, fields, [(f"u{n}", "{}", at, at, at) for n in ids], unless=["external_id"])
    known = dict(Customer.objects.filter(external_id__in=[f"u{n}" for n in ids]).values_list("external_id", "pk"))
    rows = [("user_id", name, pk, pk, at, at) for name, pk in known.items()]
    fields = ["kind", "value", "customer", "own", "first_told_at", "created_at"]
    bulk.insert(Identity, fields, rows, unless=["kind", "value"])
sync()
for n in range(rules):
    event = "Checkout" if n % 2 == 0 else "Page Viewed"
    leaf = {"event": event, "measure": {"count": True}, "op": "at_least", "value": 1 + n // 20,
            "window": {"past_days" if n % 3 == 0 else "rolling_hours": 2 + n % 20}}
    if n == 0:
        leaf["window"] = {"all_time": True}
    create_segment(key=f"s{n}", name_zh=f"s{n}", name_en=f"s{n}", rule={"version": 1, "rule": leaf})
    run = execute(request_run(kind="segments.compute", subject=f"s{n}").pk)
    assert run.state == "succeeded", run.error
_, key = api_keys.create_key(name="bench", user=User.objects.create_superuser("bench"), by=None,
                             scopes=["segmentation.view_segment"])
print(key)
print(min(Customer.objects.filter(external_id="u10").values_list("pk", flat=True)) - 10)
"""


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="segtag-fresh-") as var:
        os.environ |= {"SEGTAG_DEMO": "1", "SEGTAG_VAR": var, "SEGTAG_LOG_LEVEL": "CRITICAL"}
        os.environ |= {"SEGTAG_API_RATE": "1000000", "DJANGO_SETTINGS_MODULE": "segtag_site.settings"}
        os.environ |= {"DATABASE_URL": options.database} if options.database else {}
        _manage("migrate", "--verbosity=0")
        write_key = _manage("create_source", f"bench {secrets.token_hex(4)}").strip().splitlines()[-1]
        words = [sys.executable, "-c", PREPARE, str(options.customers), str(options.rules)]
        made = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
        api_key, offset = made.stdout.strip().splitlines()[-2:]
        delays, sent, seconds = _run(options, write_key, api_key, int(offset))
    delays.sort()
    figures = {
        "database": (options.database or "sqlite").partition(":")[0],
        "customers": options.customers,
        "rules": options.rules,
        "events_per_second": round(sent / seconds),
        "asked": len(delays),
        "p50_seconds": round(delays[len(delays) // 2], 2),
        "p95_seconds": round(delays[int(len(delays) * 0.95)], 2),
        "worst_seconds": round(delays[-1], 2),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(figures))
    return 0 if figures["p95_seconds"] <= 5 else 1


def _run(options: argparse.Namespace, write_key: str, api_key: str, offset: int) -> tuple[list[float], int, float]:
    port = _free_port()
    gunicorn = [sys.executable, "-m", "gunicorn", "segtag_site.wsgi", "--bind", f"127.0.0.1:{port}", "--preload"]
    gunicorn += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--log-level", "critical"]
    commands = (gunicorn, [sys.executable, "manage.py", "live"])
    started = [subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL) for words in commands]
    delays: list[float] = []
    try:
        _wait_for(port)
        # Until all has started.
        _send(port, write_key, -1, [99], options)
        _ask(port, api_key, 99 + offset, time.monotonic(), [])
        askers, sent, begin = [], 0, time.monotonic()
        for second in range(options.seconds):
            time.sleep(max(0.0, begin + second - time.monotonic()))
            fresh = [100 + second * ASKED + number for number in range(ASKED)]
            _send(port, write_key, second, fresh, options)
            sent += options.rate
            for user in fresh:
                asker = threading.Thread(target=_ask, args=(port, api_key, user + offset, time.monotonic(), delays))
                asker.start()
                askers.append(asker)
        seconds = max(float(options.seconds), time.monotonic() - begin)
        for asker in askers:
            asker.join()
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=60)
    return delays, sent, seconds


def _send(port: int, key: str, second: int, fresh: list[int], options: argparse.Namespace) -> None:
    """A second's events: those of customers nobody asks for, and a checkout of each that is asked for."""
    now = datetime.now(UTC).isoformat()
    rest = [1000 + (second * options.rate + number) % (options.customers - 1000) for number in range(options.rate)]
    told = [(user, "Checkout") for user in fresh] + [(user, "Page Viewed") for user in rest[len(fresh) :]]
    batch = [
        {"type": "track", "event": event, "messageId": f"f-{second}-{place}", "userId": f"u{user}", "timestamp": now,
         "properties": {"total": 5}}
        for place, (user, event) in enumerate(told)
    ]  # fmt: skip
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(), "Content-Type": "application/json"}
    body = json.dumps({"batch": batch, "sentAt": now}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/batch", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def _ask(port: int, key: str, customer: int, since: float, delays: list[float]) -> None:
    url = f"http://127.0.0.1:{port}/api/v1/customers/{customer}/segments"
    while time.monotonic() - since < PATIENCE:
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            if "s0" in {segment["key"] for segment in json.load(answer)}:
                break
        time.sleep(0.25)
    delays.append(time.monotonic() - since)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--database", default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
