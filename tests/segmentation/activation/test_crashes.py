"""An export whose worker dies, at each point where it can: made once in the end, whole, and nothing left behind."""

import hashlib

import pytest
from django.contrib.auth.models import User

from customers.models import AccessLog
from segmentation.activation.models import Export
from segmentation.activation.services import ExportOptions, request_export
from segmentation.audiences import services
from segmentation.audiences.selectors import audience_by_key
from segmentation.runs.executor import execute
from tests.campaign import ALL, open_shop, run
from tests.workers import Process, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# What dies, and where: before it is done, or right after.
POINTS = {
    "in the middle of the rows": "handlers.rows = lambda *given: (die() if n else ('C-1',) for n in range(2))",
    "before the file is on the disk": "os.fsync = die",
    "before the file has its name": "Path.replace = die",
    "when the file has its name": "Path.replace = then_die(Path.replace)",
    "before the success is saved": "handlers.keep_export = then_die(handlers.keep_export)",
}
EXECUTE = """
import os, sys, uuid, django
from datetime import timedelta
from pathlib import Path
django.setup()
from django.conf import settings
from segmentation.activation import handlers
from segmentation.runs import claims
from segmentation.runs.executor import execute

settings.EXPORT_DIR = Path(sys.argv[2])
claims.LEASE = timedelta(seconds=0.5)

def die(*given, **named):
    os._exit(137)

def then_die(work):
    return lambda *given, **named: (work(*given, **named), die())

exec(sys.argv[3])
execute(uuid.UUID(sys.argv[1]))
"""


def test_whenever_its_worker_dies_an_export_is_made_once_and_whole(settings, tmp_path, processes):
    settings.LAKE_DIR, settings.EXPORT_DIR = tmp_path / "lake", tmp_path / "exports"
    open_shop()
    audience = services.create_audience(by=None, name="Spring", channel="email", include=ALL)
    run(services.request_freeze(audience=audience, by=None))
    version = audience_by_key("spring").frozen_version
    root = User.objects.create_superuser("root")

    for point, crash in POINTS.items():
        asked = request_export(version=version, options=ExportOptions(), by=root)
        processes.append(Process("-c", EXECUTE, str(asked.pk), str(settings.EXPORT_DIR), crash))
        assert processes[-1].popen.wait(60) == 137, f"{point}: {processes[-1].said()}"
        assert Export.objects.count() == list(POINTS).index(point), point

        wait_until(lambda asked=asked: execute(asked.pk), what=f"{point}: the run was not taken over")

    made = list(Export.objects.all())
    assert sorted(path.name for path in settings.EXPORT_DIR.iterdir()) == sorted(export.path for export in made)
    for export in made:
        assert export.run.attempt == 2
        assert export.rows == version.reached.size
        assert hashlib.sha256((settings.EXPORT_DIR / export.path).read_bytes()).hexdigest() == export.sha256
    assert AccessLog.objects.filter(action="audience.export").count() == len(POINTS)
