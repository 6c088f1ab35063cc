"""Real processes, measured: seconds on the wall, peak of memory."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
KIB_PER_MB = 1000


@dataclass(frozen=True)
class Measured:
    """One process from its start to its end."""

    seconds: float
    megabytes: float
    # What it printed.
    said: str = ""


def measured(*arguments: str, environment: Mapping[str, str]) -> Measured:
    """Runs `python arguments…` to its end. A failure stops the benchmark and shows what the process said."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{said}")
    return Measured(time.perf_counter() - start, usage.ru_maxrss / KIB_PER_MB, said)


def manage(*arguments: str, environment: Mapping[str, str]) -> Measured:
    """Runs `manage.py arguments…`."""
    return measured("manage.py", *arguments, environment=environment)
