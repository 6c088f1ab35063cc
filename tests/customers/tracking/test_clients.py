"""The clients that shops use, with nothing changed but the host: what they call delivered is stored once."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import rudderstack.analytics.client as rudder
import segment.analytics.client as segment
from django.db import connections

from customers.models import Customer, Event, Identity, QuarantinedMessage
from customers.tracking.sources import create_source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def write_key(transactional_db) -> str:
    return create_source(name="shop")[1]


class Troubles(ThreadingHTTPServer):
    """Stands between client and server: answers the first requests as told, passes on the others."""

    daemon_threads = True

    def __init__(self, target: str, script: list[tuple[int, dict[str, str]]]) -> None:
        self.target, self.script, self.seen, self.lock = target, script, 0, threading.Lock()
        super().__init__(("127.0.0.1", 0), _Passes)

    def next_trouble(self) -> tuple[int, dict[str, str]] | None:
        with self.lock:
            self.seen += 1
            return self.script.pop(0) if self.script else None


class _Passes(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        import urllib.request

        body = self.rfile.read(int(self.headers["Content-Length"]))
        trouble = self.server.next_trouble()
        if trouble and trouble[0] == 0:  # The answer of a request that was served is lost on its way.
            self._passed_on(urllib.request, body)
            self.close_connection = True
            return
        status, headers, answer = (*trouble, b"{}") if trouble else self._passed_on(urllib.request, body)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def _passed_on(self, requests, body: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "content-length", "connection"}}
        asked = requests.Request(self.server.target + self.path, body, headers, method="POST")
        with requests.urlopen(asked, timeout=30) as answer:
            return answer.status, {}, answer.read()

    def log_message(self, *args: object) -> None:
        """Nothing to say."""


@pytest.fixture
def troubles(live_server) -> Iterator:
    started: list[Troubles] = []

    def between(*script: tuple[int, dict[str, str]]) -> Troubles:
        started.append(Troubles(live_server.url, list(script)))
        threading.Thread(target=started[-1].serve_forever, daemon=True).start()
        return started[-1]

    yield between
    for server in started:
        server.shutdown()
        server.server_close()
    connections.close_all()


def client_of(kind: str, host: str, key: str, errors: list):
    make = segment.Client if kind == "segment" else rudder.Client
    return make(key, host=host, gzip=kind == "rudder", upload_size=20, on_error=lambda error, _: errors.append(error))


TROUBLES = {
    "none": (),
    "unavailable": ((503, {}), (503, {})),
    "too many": ((429, {"Retry-After": "1"}),),
    "lost answer": ((0, {}),),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("kind", ["segment", "rudder"])
def test_everything_that_a_client_sends_is_stored_once(kind: str, trouble: str, troubles, write_key: str) -> None:
    server, errors = troubles(*TROUBLES[trouble]), []
    client = client_of(kind, f"http://127.0.0.1:{server.server_port}", write_key, errors)

    client.identify(user_id="u1", traits={"city": "上海", "email": "ada@example.com"})
    for number in range(50):
        client.track(user_id="u1", event="Order Completed", properties={"total": number, "nothing": float("nan")})
    client.page(user_id="u1", name="Home")
    client.screen(user_id="u1", name="Cart")
    client.group(user_id="u1", group_id="g1")
    client.alias(previous_id="guest-7", user_id="u1")
    client.flush()
    client.join()

    assert errors == []
    assert sorted(Event.objects.filter(name="Order Completed").values_list("properties__total", flat=True)) == [
        *range(50)
    ]
    assert set(Event.objects.exclude(name="Order Completed").values_list("name", flat=True)) == {
        "Page Viewed", "Screen Viewed", "Group Joined",
    }  # fmt: skip
    assert Customer.objects.get(external_id="u1").traits == {"city": "上海"}
    assert Identity.objects.filter(kind="email", customer__external_id="u1").exists()
    assert json.dumps(list(QuarantinedMessage.objects.values_list("reason", flat=True))) == "[]"
