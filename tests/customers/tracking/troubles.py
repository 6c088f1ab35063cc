"""A server between a client and ours that answers, loses and delays as it is told."""

import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Trouble(NamedTuple):
    """What becomes of one request. Without a status it is served, unless it is `cut`."""

    status: int = 0
    headers: dict[str, str] = {}
    # The connection is broken: "asking", before the body was read; "answering", after the request was served.
    cut: str = ""
    # Seconds before it is passed on.
    late: float = 0


class Troubles(ThreadingHTTPServer):
    """Meets the first requests with troubles, passes on the others."""

    daemon_threads = True

    def __init__(self, target: str, script: tuple[Trouble, ...]) -> None:
        self.target, self.script, self.lock = target, list(script), threading.Lock()
        # The paths that were asked for.
        self.seen: list[str] = []
        super().__init__(("127.0.0.1", 0), _Passes)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def next_trouble(self, path: str) -> Trouble:
        with self.lock:
            self.seen.append(path)
            return self.script.pop(0) if self.script else Trouble()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up first is none of our errors."""


class _Passes(BaseHTTPRequestHandler):
    server: Troubles

    def do_POST(self) -> None:
        trouble = self.server.next_trouble(self.path)
        if trouble.cut == "asking":
            self.rfile.read(1)
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(trouble.late)
        status, answer = (trouble.status, b"{}") if trouble.status else self._passed_on(body)
        if trouble.cut == "answering":
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {**trouble.headers, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def _passed_on(self, body: bytes) -> tuple[int, bytes]:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "content-length", "connection"}}
        asked = urllib.request.Request(self.server.target + self.path, body, headers, method="POST")
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.read()

    def log_message(self, *args: object) -> None:
        """Nothing to say."""
