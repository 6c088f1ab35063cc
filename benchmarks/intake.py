"""How fast the tracking API takes in events, and that nothing is lost or doubled when its workers are killed.

python -m benchmarks.intake [--events 5000] [--writers 8] [--batch 50] [--kills 20] [--database postgres://…] [--seed 1]

Each writer sends its own events in batches, again until they are answered 200, and every tenth batch twice. A web
worker picked at random is killed (SIGKILL) at random times. Prints one JSON object; 0 lost and 0 doubled is a pass.
`cpu_us` is what the web server's processes spent per event, whatever else the machine does meanwhile: the database
server and the writers come on top.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="segtag-intake-") as var:
        os.environ |= {"SEGTAG_DEMO": "1", "SEGTAG_VAR": var, "SEGTAG_LOG_LEVEL": "CRITICAL"}
        os.environ |= {"DATABASE_URL": options.database} if options.database else {}
        _manage("migrate", "--verbosity=0")
        key = _manage("create_source", f"bench {secrets.token_hex(4)}").strip().splitlines()[-1]
        before = _stored()
        figures = _run(options, key)
        stored, distinct = _stored()
        expected = options.writers * options.events
        figures |= {"lost": expected - (distinct - before[1]), "doubled": (stored - before[0]) - (distinct - before[1])}
    print(json.dumps(figures))
    return 1 if figures["lost"] or figures["doubled"] else 0


def _run(options: argparse.Namespace, key: str) -> dict[str, object]:
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "segtag_site.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
         "--preload", "--worker-class", "gthread", "--threads", "4", "--keep-alive", "30", "--log-level", "critical"],
        cwd=ROOT,
    )  # fmt: skip
    try:
        _wait_for(port)
        context = multiprocessing.get_context("spawn")
        ready = context.Barrier(options.writers + 1)
        with context.Pool(options.writers, _stand_ready, [ready]) as pool:
            work = [(n, port, key, options.events, options.batch) for n in range(options.writers)]
            sent = pool.starmap_async(_write, work, chunksize=1)
            ready.wait(300)
            begin = time.perf_counter()
            killed = _kill(server.pid, options.kills, random.Random(options.seed), sent)
            answers = [seconds for one in sent.get(timeout=540) for seconds in one]
            seconds = time.perf_counter() - begin
    finally:
        server.terminate()
        _pid, _status, used = os.wait4(server.pid, 0)
        server.returncode = 0
    answers.sort()
    total = options.writers * options.events
    return {
        "database": (options.database or "sqlite").partition(":")[0],
        "events": total,
        "events_per_second": round(total / seconds),
        "cpu_us": round((used.ru_utime + used.ru_stime) / total * 1e6),
        "p50_ms": round(answers[len(answers) // 2] * 1000),
        "p99_ms": round(answers[int(len(answers) * 0.99)] * 1000),
        "kills": killed,
        "seed": options.seed,
        "load": round(os.getloadavg()[0], 1),
    }


def _stand_ready(ready: object) -> None:
    """In each writer's process: where they wait for each other."""
    globals()["READY"] = ready


def _write(writer: int, port: int, key: str, events: int, batch: int) -> list[float]:
    """Send this writer's events, all written before the clock starts; the seconds that each answered request took."""
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(), "Content-Type": "application/json"}
    took: list[float] = []
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    bodies = [_batch(writer, key, start, min(start + batch, events)) for start in range(0, events, batch)]
    globals()["READY"].wait(300)
    for number, body in enumerate(bodies):
        for _ in range(2 if number % 10 == 0 else 1):
            while True:
                since = time.perf_counter()
                try:
                    line.request("POST", "/v1/batch", body, headers)
                    answer = line.getresponse()
                    answer.read()
                    if answer.status == 200:
                        break
                except (OSError, http.client.HTTPException):
                    line.close()
                time.sleep(0.02)
            took.append(time.perf_counter() - since)
    return took


def _batch(writer: int, key: str, first: int, last: int) -> bytes:
    now = datetime.now(UTC).isoformat()
    messages = [
        {
            "type": "track",
            "event": ("Product Viewed", "Product Added", "Order Completed")[number % 3],
            "messageId": f"{key[:8]}-{writer}-{number}",
            "userId": f"user-{writer}-{number % 500}",
            "anonymousId": f"device-{writer}-{number % 500}",
            "timestamp": now,
            "properties": {"total": number % 97, "sku": f"sku-{number % 300}", "currency": "CNY", "new": True},
            "context": {"library": {"name": "bench"}, "page": {"path": "/"}},
        }
        for number in range(first, last)
    ]
    return json.dumps({"batch": messages, "sentAt": now}).encode()


def _kill(master: int, kills: int, chance: random.Random, sent: object) -> int:
    """Kill workers at random times while the writers write; say how many were."""
    done = 0
    while done < kills and not sent.ready():
        time.sleep(chance.uniform(0.05, 0.4))
        workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if workers:
            try:
                os.kill(int(chance.choice(workers)), signal.SIGKILL)
            except ProcessLookupError:
                continue
            done += 1
    return done


def _stored() -> tuple[int, int]:
    """Events in the database, and different message ids among them."""
    code = (
        "import django; django.setup(); from customers.models import Event;"
        "print(Event.objects.count(), Event.objects.values('message_id').distinct().count())"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "segtag_site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    stored, distinct = map(int, done.stdout.split())
    return stored, distinct


def _manage(*words: str) -> str:
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as found:
            if found.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--database", default="")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
