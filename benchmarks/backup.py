"""That a backup made while events come in holds every event that was answered before it began.

python -m benchmarks.backup [--events 20000] [--database postgres://… --into postgres://…]

Four writers send events to the web server; in the middle of it `manage.py backup` runs. The backup is put back into
another folder (and the other database), its lake is brought up to date, and then made anew from the database. Prints
one JSON object; 0 lost, and the same rows in both lakes, is a pass.
"""

import argparse
import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from pathlib import Path

from benchmarks.intake import ROOT, _batch, _free_port, _manage, _wait_for

WRITERS, BATCH = 4, 50
LOOK = """
import sys, json, hashlib, django; django.setup()
from customers.models import Event
from segmentation.lake.rebuild import rebuild
from segmentation.lake.sync import sync
from segmentation.lake.tables import CUSTOMERS, EVENTS, ITEMS
from segmentation.lake.versions import current_source
import pyarrow.parquet as pq
def rows():
    source = current_source()
    found = {}
    for table in (EVENTS, ITEMS, CUSTOMERS):
        lines = sorted(json.dumps(row, default=str, sort_keys=True) for path in source.tables[table]
                       for row in pq.ParquetFile(path).read().to_pylist())
        found[table] = (len(lines), hashlib.sha256("".join(lines).encode()).hexdigest())
    return found
sync()
followed = rows()
rebuild()
answered = set(json.load(open(sys.argv[1])))
kept = set(Event.objects.values_list("message_id", flat=True))
print(json.dumps({"answered_before": len(answered), "in_backup": len(kept), "lost": len(answered - kept),
                  "lake_rows": followed[EVENTS][0], "lake_same": followed == rows()}))
"""


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="segtag-backup-") as folder:
        here, there, backups = (Path(folder) / name for name in ("here", "there", "backups"))
        there.mkdir()
        os.environ |= {"SEGTAG_DEMO": "1", "SEGTAG_VAR": str(here), "SEGTAG_LOG_LEVEL": "CRITICAL"}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "segtag_site.settings"}
        os.environ |= {"DATABASE_URL": options.database} if options.database else {}
        here.mkdir()
        _manage("migrate", "--verbosity=0")
        key = _manage("create_source", f"bench {secrets.token_hex(4)}").strip().splitlines()[-1]
        answered, seconds = _back_up_under_load(options, key, backups)
        [backup] = backups.iterdir()
        told = Path(folder) / "answered.json"
        told.write_text(json.dumps(answered))
        shutil.copytree(here / "secrets", there / "secrets")
        os.environ |= {"SEGTAG_VAR": str(there)} | ({"DATABASE_URL": options.into} if options.into else {})
        _manage("restore", str(backup), "--replace")
        looked = subprocess.run(
            [sys.executable, "-c", LOOK, str(told)], cwd=ROOT, capture_output=True, text=True, check=True
        )
    figures = json.loads(looked.stdout.strip().splitlines()[-1]) | {"backup_seconds": seconds}
    print(json.dumps({"database": (options.database or "sqlite").partition(":")[0], **figures}))
    return 1 if figures["lost"] or not figures["lake_same"] or not figures["answered_before"] else 0


def _back_up_under_load(options: argparse.Namespace, key: str, backups: Path) -> tuple[list[str], float]:
    """The ids of events that were answered before the backup began, and how long it took."""
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "segtag_site.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
         "--preload", "--worker-class", "gthread", "--threads", "4", "--log-level", "critical"],
        cwd=ROOT,
    )  # fmt: skip
    answered: list[str] = []
    stop = threading.Event()
    writers = [
        threading.Thread(target=_write, args=(number, port, key, options.events // WRITERS, answered, stop))
        for number in range(WRITERS)
    ]
    try:
        _wait_for(port)
        for writer in writers:
            writer.start()
        while len(answered) < options.events // 4 and any(writer.is_alive() for writer in writers):
            time.sleep(0.05)
        before, since = list(answered), time.monotonic()
        _manage("backup", str(backups))
        return before, round(time.monotonic() - since, 1)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
        server.terminate()
        server.wait(timeout=30)


def _write(number: int, port: int, key: str, events: int, answered: list[str], stop: threading.Event) -> None:
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(), "Content-Type": "application/json"}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for start in range(0, events, BATCH):
        body = _batch(number, key, start, start + BATCH)
        while not stop.is_set():
            line.request("POST", "/v1/batch", body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status == 200:
                answered += [f"{key[:8]}-{number}-{one}" for one in range(start, start + BATCH)]
                break
            time.sleep(0.05)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--into", default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
