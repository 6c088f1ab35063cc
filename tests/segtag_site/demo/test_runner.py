"""The demo's processes: started together, ended together, none left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.workers import ROOT, wait_until

pytestmark = pytest.mark.slow

WELCOME = "Welcome to the test."


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def descendants(pid: int) -> dict[int, str]:
    """The command lines of all processes that descend from this one, by id."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {child: command_line(child) for child in found - {pid}}


def command_line(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def settings_in(var: Path) -> dict[str, str]:
    return {
        "SEGTAG_VAR": str(var),
        "SEGTAG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "segtag_site.settings",
        "DATABASE_URL": f"sqlite:///{var}/segtag.sqlite3",
    }


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables."""
    var = tmp_path_factory.mktemp("migrated")
    environment = os.environ | settings_in(var)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    return var / "segtag.sqlite3"


class Demo:
    """A runner with all its processes."""

    def __init__(self, var: Path, migrated: Path) -> None:
        self.port = free_port()
        self.seen: dict[int, str] = {}
        self.output = var / "output.txt"
        welcome = var / "welcome.txt"
        welcome.write_text(WELCOME)
        environment = {key: value for key, value in os.environ.items() if key != "REDIS_URL"}
        environment |= settings_in(var)
        shutil.copy(migrated, var)
        command = ["-m", "segtag_site.demo.runner", "--host=127.0.0.1", f"--port={self.port}", f"--welcome={welcome}"]
        with self.output.open("wb") as output:
            self.popen = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def answers(self) -> bool:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/login/", timeout=30).status == 200
        except OSError:
            return False

    def processes(self) -> dict[int, str]:
        found = descendants(self.popen.pid)
        self.seen |= found
        return found

    def left(self) -> dict[int, str]:
        """What was once seen and is still there."""
        return {pid: line for pid, line in self.seen.items() if line and command_line(pid) == line}

    def process(self, words: str) -> int:
        """The first process whose command line has these words."""
        return min(pid for pid, line in self.processes().items() if words in line)


@pytest.fixture
def demo(migrated: Path) -> Iterator[Demo]:
    if not Path("/proc").is_dir():
        pytest.skip("looks for processes in /proc, which is not here")
    with tempfile.TemporaryDirectory(prefix="segtag-demo-") as folder:
        running = Demo(Path(folder), migrated)
        try:
            wait_until(lambda: WELCOME in running.said() or running.popen.poll() is not None)
            wait_until(lambda: len(running.processes()) >= 8)
            yield running
        finally:
            running.processes()
            running.popen.kill()
            running.popen.wait(timeout=10)
            for pid in running.left():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_the_runner_is_the_end_of_every_process(demo: Demo, number: signal.Signals):
    assert demo.answers(), demo.said()
    for words in ("gunicorn", "celery --app=segtag_site --quiet worker", "--quiet beat", "valkey"):
        assert demo.process(words)

    demo.popen.send_signal(number)

    assert demo.popen.wait(timeout=60) == 0
    assert demo.left() == {}
    assert "The demo has ended." in demo.said()


def test_a_process_that_dies_ends_the_others_and_is_named(demo: Demo):
    os.kill(demo.process("--quiet beat"), signal.SIGKILL)

    assert demo.popen.wait(timeout=60) == 1
    assert "beat ended by itself" in demo.said()
    assert demo.left() == {}


def test_a_runner_told_to_stop_at_once_leaves_nothing(migrated: Path):
    with tempfile.TemporaryDirectory(prefix="segtag-demo-") as folder:
        demo = Demo(Path(folder), migrated)
        wait_until(demo.processes)

        demo.popen.send_signal(signal.SIGTERM)

        assert demo.popen.wait(timeout=60) == 0, demo.said()
        assert demo.left() == {}


def test_nothing_outlives_a_runner_that_was_killed(demo: Demo):
    assert demo.left()
    demo.popen.kill()

    wait_until(lambda: demo.left() == {})


def test_a_second_demo_in_the_same_folder_is_refused(demo: Demo):
    second = subprocess.run(
        [sys.executable, "-m", "segtag_site.demo.runner", "--host=127.0.0.1", "--port=1", f"--welcome={demo.output}"],
        cwd=ROOT,
        env=os.environ | {"SEGTAG_VAR": str(demo.output.parent)},
        capture_output=True,
        text=True,
    )

    assert second.returncode == 1
    assert "A demo is running" in second.stderr
    assert demo.answers()
