"""The clients that shops use, with nothing changed but the host: what they call delivered is stored once."""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import rudderstack.analytics.client as rudder
import segment.analytics.client as segment
from django.db import connections

from customers.models import Customer, Event, Identity, QuarantinedMessage
from customers.tracking.sources import create_source
from tests.customers.tracking.troubles import Trouble, Troubles

pytestmark = pytest.mark.django_db(transaction=True)

NODE = Path(__file__).parent / "node"
needs_node = pytest.mark.skipif(
    not (shutil.which("node") and (NODE / "node_modules").is_dir()),
    reason="needs Node 20 and its packages: npm ci --ignore-scripts --prefix tests/customers/tracking/node",
)
PYTHON_CLIENTS, NODE_CLIENTS = ("segment-python", "rudder-python"), ("segment", "rudder", "old")
CLIENTS = [pytest.param(PYTHON_CLIENTS, id="python"), pytest.param(NODE_CLIENTS, id="node", marks=needs_node)]
TROUBLES = {
    "none": (),
    "unavailable": (Trouble(503),) * 3,
    "too many": (Trouble(429, {"Retry-After": "2"}),),
    "cut while asking": (Trouble(cut="asking"),),
    "cut while answering": (Trouble(cut="answering"),),
    "late": (Trouble(late=5),),
}
OTHERS = Counter({"Page Viewed": 1, "Screen Viewed": 1, "Group Joined": 1})


@pytest.fixture
def write_key(transactional_db) -> str:
    return create_source(name="shop")[1]


@pytest.fixture
def between(live_server) -> Iterator[Callable[..., Troubles]]:
    """A server before ours that makes these troubles."""
    started: list[Troubles] = []

    def start(*script: Trouble) -> Troubles:
        started.append(Troubles(live_server.url, script))
        return started[-1]

    yield start
    for server in started:
        server.shutdown()
        server.server_close()
    connections.close_all()


def send(client: str, host: str, key: str, user: str, size: int = 0) -> list[str]:
    """Says through the client what every client can say (or 50 events of this size); the errors that it saw."""
    if client in NODE_CLIENTS:
        words = ["node", "send.js", client, host, key, user, *([str(size)] if size else [])]
        done = subprocess.run(words, cwd=NODE, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    errors: list[str] = []
    make = segment.Client if client == "segment-python" else rudder.Client
    gzip, lost = client == "rudder-python", lambda error, _items: errors.append(str(error))
    _say_everything(make(key, host=host, gzip=gzip, upload_size=20, on_error=lost), user)
    return errors


def _say_everything(client: segment.Client | rudder.Client, user: str) -> None:
    client.identify(user, {"city": "上海", "email": f"{user}@example.com"}, message_id=f"{user}-who")
    for total in range(50):
        order = {"total": total, "nothing": float("nan")}
        client.track(user, "Order Completed", order, message_id=f"{user}-{total}")
    client.page(user, name="Home", message_id=f"{user}-page")
    client.screen(user, name="Cart", message_id=f"{user}-screen")
    client.group(user, group_id="g1", message_id=f"{user}-group")
    client.alias(previous_id=f"guest-of-{user}", user_id=user, message_id=f"{user}-alias")
    client.flush()
    client.join()


def assert_stored_once(user: str) -> None:
    events = Event.objects.filter(customer__external_id=user)
    orders = events.filter(name="Order Completed").values_list("properties__total", flat=True)
    assert sorted(orders) == [*range(50)]
    assert Counter(events.exclude(name="Order Completed").values_list("name", flat=True)) == OTHERS
    assert Customer.objects.get(external_id=user).traits == {"city": "上海"}
    assert Identity.objects.filter(kind="email", customer__external_id=user).exists()
    assert list(QuarantinedMessage.objects.values_list("reason", flat=True)) == []


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("clients", CLIENTS)
def test_everything_that_a_client_sends_is_stored_once(
    clients: tuple[str, ...], trouble: str, between, write_key: str
) -> None:
    servers = [between(*TROUBLES[trouble]) for _ in clients]

    with ThreadPoolExecutor() as pool:
        hosts = [f"{server.url}/" for server in servers]
        errors = list(pool.map(send, clients, hosts, [write_key] * len(clients), clients))

    assert errors == [[]] * len(clients)
    for client, server in zip(clients, servers, strict=True):
        assert server.script == []  # the trouble was met
        assert set(server.seen) == {"/v1/batch"}
        assert_stored_once(client)


@pytest.mark.parametrize("clients", CLIENTS)
def test_two_writers_that_send_the_same_messages_make_one_of_each(
    clients: tuple[str, ...], live_server, write_key: str
) -> None:
    writers = [client for client in clients for _ in range(2)]

    with ThreadPoolExecutor() as pool:
        keys, hosts = [write_key] * len(writers), [live_server.url] * len(writers)
        errors = list(pool.map(send, writers, hosts, keys, writers))

    assert errors == [[]] * len(writers)
    for client in clients:
        assert_stored_once(client)
    connections.close_all()


@needs_node
def test_ten_megabytes_in_one_request_are_taken_and_set_aside_one_by_one(between, write_key: str) -> None:
    """Segment's client for Node means to stop at 480 KB, and does not."""
    server = between()

    errors = send("segment", server.url, write_key, "large", size=200 * 1024)

    assert errors == []
    assert len(server.seen) == 1
    assert Counter(QuarantinedMessage.objects.values_list("reason", flat=True)) == {"too_large": 50}
    assert not Event.objects.exists()
