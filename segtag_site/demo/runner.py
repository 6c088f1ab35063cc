"""Runs the demo's processes until one ends or somebody asks for the end; then none is left.

A program of its own, so that the memory that loading the data took is given back before the demo serves.
"""

import argparse
import os
import shlex
import signal
import sys
import threading
import time
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any, TextIO

from honcho.manager import Manager
from honcho.printer import Message, Printer
from honcho.process import Process

from segtag_site.demo import processes
from segtag_site.demo.address import Address


class Screen(Printer):
    """Honcho's printer without its own chatter; says `welcome` once the first page can be opened."""

    def __init__(self, welcome: str) -> None:
        super().__init__(sys.stdout)
        self.welcome = welcome

    def write(self, message: Message) -> None:
        text = message.data.decode("utf-8", "replace") if isinstance(message.data, bytes) else message.data
        if message.name == "web" and text.strip() == processes.READY:
            print(self.welcome, flush=True)
        elif message.name != "system":
            super().write(message)


class Child(Process):
    """Honcho's process, which also ends when the runner was killed and can no longer end it."""

    def run(self, *args: Any) -> None:
        threading.Thread(target=self._end_with, args=(os.getppid(),), daemon=True).start()
        super().run(*args)

    def _end_with(self, runner: int) -> None:
        while os.getppid() == runner:
            time.sleep(1)
        os.killpg(self._child.pid, signal.SIGTERM)


class Runner(Manager):
    """Honcho's manager, which knows which process ended first and can be stopped while it is still starting."""

    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)
        self._process_ctor = Child
        self.ended_first: dict[str, int] = {}
        signal.signal(signal.SIGALRM, lambda *_: self.terminate())
        # A closed terminal is a reason to stop like any other.
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))

    def terminate(self) -> None:
        if not self._all_started():  # honcho would miss those whose process id it has not heard yet
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            return
        if not self._terminating:
            self.ended_first = {
                name: process["returncode"] for name, process in self._processes.items() if "returncode" in process
            }
        super().terminate()


def run(var: Path, address: Address, welcome: str) -> int:
    """Runs everything; 0 after Ctrl-C or a request to stop, 1 after the end of one of the processes."""
    runner = Runner(Screen(welcome))
    environment = processes.environment(var)
    for name, command in processes.commands(var, address).items():
        runner.add_process(name, f"exec {shlex.join(command)}", env=environment)
    runner.loop()
    for name, code in runner.ended_first.items():
        print(f"{name} ended by itself (exit code {code}), so everything was stopped. See its lines above.")
    print("The demo has ended. `make demo` starts it again.", flush=True)
    return 1 if runner.ended_first else 0


def locked(var: Path) -> TextIO:
    """A lock on the folder, held as long as one of the demo's processes lives; ends the program if another has it."""
    lock = (var / "demo.lock").open("w")
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        sys.exit(f"A demo is running from {var} already. End that one first, or give SEGTAG_VAR another folder.")
    return lock


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--welcome", type=Path, required=True)
    options: Any = parser.parse_args(words)
    var = Path(os.environ["SEGTAG_VAR"])
    with locked(var):
        return run(var, Address(options.host, options.port), options.welcome.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
