"""That no webhook message is lost and each subject's order is kept, whatever receivers do and whoever is killed.

python -m benchmarks.webhooks [--messages 500] [--kills 10] [--database postgres://…] [--seed 1]

Two senders send messages about 50 subjects to a receiver on loopback that answers 200, 500 or a redirect, hangs up,
or drips, as chance has it; senders picked at random are killed (SIGKILL) and started again. Pauses between tries are
shortened. Another receiver says 410. Prints one JSON object; no fault counted is a pass.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook

from benchmarks.intake import ROOT, _manage

SUBJECTS = 50
PATIENCE = 400.0
PREPARE = """
import sys, django; django.setup()
from segmentation.webhooks import services
from segmentation.webhooks.models import WebhookMessage
url, gone, many, subjects = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
endpoint, secret = services.create_endpoint(by=None, name="shop", url=url, kinds=["run.failed"], subjects=[])
other, _ = services.create_endpoint(by=None, name="gone", url=gone, kinds=["run.failed"], subjects=[])
WebhookMessage.objects.bulk_create(
    WebhookMessage(endpoint=endpoint, kind="run.failed", subject=f"run/{n % subjects}", data={"number": n})
    for n in range(many))
WebhookMessage.objects.create(endpoint=other, kind="run.failed", subject="run/0", data={"number": -1})
print(secret)
"""
SEND = """
import django; django.setup()
from datetime import timedelta
from segmentation.webhooks import delivering
delivering.PAUSES, delivering.LEASE = (0.2,) * 200, timedelta(seconds=8)
while True:
    delivering.deliver_due(seconds=2)
"""
LEFT = """
import django; django.setup()
from segmentation.webhooks.models import WebhookEndpoint, WebhookMessage
print(WebhookMessage.objects.filter(endpoint__name="shop").exclude(state="delivered").count())
print(WebhookEndpoint.objects.get(name="gone").switched_off)
"""


class Receiver(ThreadingHTTPServer):
    """Keeps what it answered 200 to, in order; everything else by chance."""

    daemon_threads = True

    def __init__(self, chance: random.Random) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.chance, self.lock = chance, threading.Lock()
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.ids: dict[int, set[str]] = defaultdict(set)
        self.followed = self.gone = self.tries = 0


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        server = self.server
        with server.lock:
            server.tries += 1
            if self.path == "/gone":
                server.gone += 1
                return self._answer(410)
            server.ids[json.loads(body)["data"]["number"]].add(headers["webhook-id"])
            what = server.chance.choices(("ok", "error", "redirect", "hang up", "drip"), (80, 8, 5, 5, 2))[0]
            if what == "ok":
                server.taken.append((headers, body))
        if what == "drip":
            time.sleep(0.5)
        if what in {"ok", "drip"}:
            return self._answer(200 if what == "ok" else 503)
        return self._answer(500 if what == "error" else 302) if what != "hang up" else None

    def do_GET(self) -> None:
        self.server.followed += 1
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Nothing on the console."""


def main() -> int:
    options = _options()
    chance = random.Random(options.seed)
    receiver = Receiver(random.Random(options.seed + 1))
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="segtag-webhooks-") as var:
        os.environ |= {"SEGTAG_DEMO": "1", "SEGTAG_VAR": var, "SEGTAG_LOG_LEVEL": "CRITICAL"}
        os.environ |= {"SEGTAG_WEBHOOK_NETWORKS": "127.0.0.0/8", "DJANGO_SETTINGS_MODULE": "segtag_site.settings"}
        os.environ |= {"DATABASE_URL": options.database} if options.database else {}
        _manage("migrate", "--verbosity=0")
        here = f"http://127.0.0.1:{receiver.server_address[1]}"
        secret = _asked(PREPARE, f"{here}/hook", f"{here}/gone", str(options.messages), str(SUBJECTS))[-1]
        since = time.monotonic()
        kills = _send(receiver, options, chance)
        seconds = time.monotonic() - since
        waiting, switched_off = _asked(LEFT)
    figures = _counted(receiver, options.messages, secret)
    figures |= {"waiting": int(waiting), "gone_switched_off": switched_off, "told_of_410": receiver.gone}
    faults = figures["lost"] + figures["other_id"] + figures["bad_signatures"] + figures["out_of_order"]
    ended = {"kills": kills, "tries": receiver.tries, "seconds": round(seconds, 1), "seed": options.seed}
    print(json.dumps({"database": (options.database or "sqlite").partition(":")[0], **figures, **ended}))
    return 1 if faults or figures["followed"] or switched_off != "gone" else 0


def _send(receiver: Receiver, options: argparse.Namespace, chance: random.Random) -> int:
    """Run two senders until all is taken, killing some of them; how many were killed."""
    senders = [_sender(), _sender()]
    end, kills = time.monotonic() + PATIENCE, 0
    every = options.messages / (options.kills + 1)
    try:
        while time.monotonic() < end and len(_numbers(receiver)) < options.messages:
            time.sleep(chance.uniform(0.05, 0.3))
            if kills < options.kills and len(_numbers(receiver)) >= (kills + 1) * every:
                place = chance.randrange(2)
                senders[place].send_signal(signal.SIGKILL)
                senders[place].wait()
                senders[place], kills = _sender(), kills + 1
        # What was taken from a sender that was killed before it wrote so is sent once more.
        while time.monotonic() < end and _asked(LEFT) != ["0", "gone"]:
            time.sleep(1)
    finally:
        for sender in senders:
            sender.kill()
            sender.wait()
    return kills


def _counted(receiver: Receiver, messages: int, secret: str) -> dict[str, int]:
    bad, last, out_of_order, seen = 0, dict[str, int](), 0, set[int]()
    for headers, body in receiver.taken:
        try:
            Webhook(secret).verify(body, headers)
        except Exception:
            bad += 1
        number = json.loads(body)["data"]["number"]
        if number not in seen:
            subject = str(number % SUBJECTS)
            out_of_order += number < last.get(subject, -1)
            last[subject] = number
            seen.add(number)
    return {
        "messages": messages, "lost": messages - len(seen), "twice": len(receiver.taken) - len(seen),
        "other_id": sum(len(ids) != 1 for ids in receiver.ids.values()), "bad_signatures": bad,
        "out_of_order": out_of_order, "followed": receiver.followed,
    }  # fmt: skip


def _numbers(receiver: Receiver) -> set[int]:
    with receiver.lock:
        return {json.loads(body)["data"]["number"] for _headers, body in receiver.taken}


def _sender() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SEND], cwd=ROOT)


def _asked(code: str, *words: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--database", default="")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
