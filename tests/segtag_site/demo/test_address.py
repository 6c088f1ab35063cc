"""The demo listens to this machine only, and says so when it cannot listen at all."""

import socket
from collections.abc import Iterator

import pytest

from segtag_site.demo.address import CannotListen, checked


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_free_port_of_this_machine_is_fine(taken: int):
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        free = tried.getsockname()[1]

    assert checked("localhost", free).url == f"http://127.0.0.1:{free}/"


def test_a_taken_port_is_named_with_a_way_out(taken: int):
    with pytest.raises(CannotListen, match=rf"Port {taken} .* make demo PORT={taken + 10}"):
        checked("127.0.0.1", taken)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.com", ""])
def test_an_address_that_others_could_reach_is_refused(host: str):
    with pytest.raises(CannotListen, match="this machine only"):
        checked(host, 8000)
