"""A receiver of webhooks on loopback that does what it is told: answers, or drips, and keeps what came."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler


class Receiver(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        # Statuses of the next answers, the last one for ever; "drip" answers a byte at a time.
        self.script: list[int | str] = [200]
        self.answer_headers: dict[str, str] = {}
        self.stop = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?a=1"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append(({key.lower(): value for key, value in self.headers.items()}, body))
        script = self.server.script
        told = script.pop(0) if len(script) > 1 else script[0]
        if told == "drip":
            while not self.server.stop.wait(0.05):
                self.wfile.write(b"H")
                self.wfile.flush()
            return
        self.send_response(int(told))
        for name, value in self.server.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.came.append(({}, b"redirected"))

    def log_message(self, *words: object) -> None:
        """Nothing on the console."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()
