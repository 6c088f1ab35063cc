"""A real broker for tests: Valkey from the requirements, or the server that SEGTAG_TEST_BROKER names."""

import os
import subprocess
import time
from pathlib import Path

import redis

from segtag_site.demo import valkey


class Broker:
    """A server that can be stopped and started again, as brokers do."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.url = valkey.url(var)
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        command = valkey.command(self.var, binary=os.environ.get("SEGTAG_TEST_BROKER", ""))
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(200):
            if self.answers():
                return
            time.sleep(0.05)
        raise TimeoutError("the broker did not start")

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(timeout=10)

    def answers(self) -> bool:
        try:
            return bool(redis.from_url(self.url).ping())
        except redis.ConnectionError:
            return False

    def forget(self) -> None:
        """Drop every message."""
        redis.from_url(self.url).flushall()
