"""The sender reaches public addresses and those it was allowed, and nothing else."""

import socket

import pytest

from segmentation.webhooks import posting
from segmentation.webhooks.posting import NotAllowed, post, target_of
from tests.segmentation.webhooks.receiver import receiving

LOOPBACK = ["127.0.0.0/8"]
PRIVATE = [
    "127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.1", "0", "0.0.0.0", "localhost",
    "localhost.", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "169.254.169.254", "[fe80::1]", "[fc00::1]", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "127。0。0。1", "①②⑦.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_nothing_is_sent_into_private_networks_however_they_are_spelt(host: str, monkeypatch):
    reached = []
    monkeypatch.setattr(posting.socket, "create_connection", lambda *told, **more: reached.append(told))
    answer = post(f"https://{host}/", b"{}", {}, [])
    assert answer.status == 0
    assert answer.error
    assert reached == []


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "http://example.com/", "https://", "https://u:p@example.com/", "https://example.com:22/",
     "https://example.com:99999/", "javascript:alert(1)", "//example.com", "https://[::1"],
)  # fmt: skip
def test_what_is_no_safe_web_address_is_refused_before_its_name_is_asked_for(url: str):
    with pytest.raises(NotAllowed):
        target_of(url, [])


def test_plain_http_stays_in_the_private_networks_that_are_allowed(monkeypatch):
    monkeypatch.setattr(
        posting.socket, "getaddrinfo", lambda *told, **more: [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 80))]
    )
    assert "address_not_allowed" in post("http://example.com/", b"{}", {}, LOOPBACK).error


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    places = [(socket.AF_INET, 1, 6, "", (host, 443)) for host in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(posting.socket, "getaddrinfo", lambda *told, **more: places)
    assert "address_not_allowed" in post("https://example.com/", b"{}", {}, []).error


def test_a_name_is_asked_for_once_so_that_it_cannot_lead_elsewhere_meanwhile(monkeypatch):
    asked = []

    def resolve(host: str, port: int, *told: object, **more: object) -> list:
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]

    with receiving() as receiver:
        port = receiver.server_address[1]
        monkeypatch.setattr(posting.socket, "getaddrinfo", resolve)
        # socket.create_connection asks too, but for the address that was looked at.
        assert post(f"http://rebinding.test:{port}/", b"{}", {}, LOOPBACK).status == 200
        assert asked[0] == "rebinding.test"
        assert set(asked[1:]) <= {"127.0.0.1"}
        assert receiver.came[0][0]["host"] == f"rebinding.test:{port}"


def test_a_redirect_is_a_failure_and_nobody_follows_it():
    with receiving() as receiver:
        receiver.script, receiver.answer_headers = [302], {"Location": receiver.url}
        answer = post(receiver.url, b"{}", {}, LOOPBACK)
        assert (answer.status, answer.error, answer.taken) == (302, "redirect", False)
        assert len(receiver.came) == 1


def test_an_answer_that_drips_is_cut_off():
    with receiving() as receiver:
        receiver.script = ["drip"]
        assert post(receiver.url, b"{}", {}, LOOPBACK, patience=0.3).error == "timeout"


def test_nobody_listening_is_an_answer_too():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    assert "ConnectionRefused" in post(f"http://127.0.0.1:{port}/", b"{}", {}, LOOPBACK).error
