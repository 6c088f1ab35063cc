"""Deliveries to the stores of others, each with a real server on loopback: SFTP, object storage by its endpoint."""

import csv
import io
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import paramiko
import pytest

from segmentation.activation.destinations.base import NotTaken, Shipment, Whole
from segmentation.activation.destinations.object_storage import ObjectStorage
from segmentation.activation.destinations.sftp import Sftp
from tests.segmentation.activation.sftp_server import PASSWORD, Server, serving

LOOPBACK = ["127.0.0.0/8"]
ROWS = [(f"C-{n}", "=CMD()") for n in range(20_000)]


@pytest.fixture
def sftp(tmp_path) -> Iterator[Server]:
    (tmp_path / "in").mkdir()
    with serving(tmp_path) as server:
        yield server


def shipment(told: dict, rows=None) -> Shipment:
    header = ["external_id", "remark"]
    return Shipment("k1", 1, "spring-v1", header, iter(ROWS) if rows is None else rows, Path("unused"), settings=told)


def told_of(server: Server, **other) -> dict:
    known = {"host": server.host, "host_key": server.fingerprint, "place": "/in", "user": "shop", "secret": PASSWORD}
    return {**known, "networks": LOOPBACK, **other}


def refused(destination: Whole, told: dict) -> NotTaken:
    with pytest.raises(NotTaken) as caught:
        destination.deliver(shipment(told))
    return caught.value


def test_a_file_is_whole_before_it_has_its_name_and_there_once_when_it_is_sent_again(sftp):
    receipt = Sftp().deliver(shipment(told_of(sftp)))
    [made] = (sftp.folder / "in").iterdir()
    assert made.name == "spring-v1-k1.csv"
    read = list(csv.reader(io.StringIO(made.read_text())))
    assert (receipt.rows, len(read), read[1]) == (len(ROWS), len(ROWS) + 1, ["C-0", "'=CMD()"])
    again = Sftp().deliver(shipment(told_of(sftp)))
    assert again == receipt
    assert len(sftp.renames) == 2
    assert list((sftp.folder / "in").iterdir()) == [made]
    Sftp().take_back(shipment(told_of(sftp)), receipt)
    assert list((sftp.folder / "in").iterdir()) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # files of a line that broke
def test_a_line_that_breaks_leaves_no_file_under_the_name_and_is_tried_again(sftp):
    sftp.breaks_after = 100_000
    error = refused(Sftp(), told_of(sftp))
    assert error.again
    assert not [path for path in (sftp.folder / "in").iterdir() if path.suffix != ".part"]
    sftp.breaks_after = None
    Sftp().deliver(shipment(told_of(sftp)))
    assert [path.name for path in (sftp.folder / "in").iterdir()] == ["spring-v1-k1.csv"]


def test_rows_that_stop_in_the_middle_leave_nothing_behind(sftp):
    def stopped() -> Iterator[tuple[str, str]]:
        yield from ROWS[:10]
        raise RuntimeError("fenced")

    with pytest.raises(RuntimeError, match="fenced"):
        Sftp().deliver(shipment(told_of(sftp), stopped()))
    assert list((sftp.folder / "in").iterdir()) == []


def test_a_server_with_another_key_is_told_nothing(sftp, monkeypatch):
    monkeypatch.setattr(paramiko.Transport, "auth_password", lambda *given: pytest.fail("it was told the password"))
    error = refused(Sftp(), told_of(sftp, host_key="SHA256:" + "A" * 43))
    assert (error.again, sftp.fingerprint in str(error)) == (False, True)


@pytest.mark.parametrize(
    "other",
    [
        {"secret": "wrong"},
        {"secret": "-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense"},
        {"place": "/nowhere"},
        {"networks": []},
        {"host": "127.0.0.1:25"},
        {"host": "http://127.0.0.1/"},
    ],
)
def test_what_trying_again_cannot_help_is_said_so(sftp, other):
    assert not refused(Sftp(), told_of(sftp, **other)).again


def test_nobody_listening_is_tried_again(sftp):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert refused(Sftp(), told_of(sftp, host=f"127.0.0.1:{taken.getsockname()[1]}")).again


def test_a_private_key_is_as_good_as_a_password(sftp):
    assert Sftp().deliver(shipment(told_of(sftp, secret=sftp.key_of_the_user))).rows == len(ROWS)


def test_object_storage_of_another_make_gets_one_whole_object(s3):
    told = {"place": "s3://lists/in", "endpoint": s3, "region": "us-east-1", "access_key": "a", "secret": "b"}
    told |= {"networks": LOOPBACK}
    receipts = [ObjectStorage().deliver(shipment(told)) for _attempt in range(2)]
    assert receipts[0] == receipts[1]
    with urlopen(f"{s3}/lists/in/spring-v1-k1.csv") as answer:
        assert len(list(csv.reader(io.StringIO(answer.read().decode())))) == receipts[0].rows + 1
    with urlopen(f"{s3}/lists?list-type=2&prefix=in/") as answer:
        assert answer.read().count(b"<Key>") == 1


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9000", "https://127.0.0.1:9000", "https://10.0.0.1", "ftp://a"])
def test_object_storage_in_a_network_that_is_not_allowed_is_not_asked(endpoint):
    told = {"place": "s3://lists", "endpoint": endpoint, "access_key": "a", "secret": "b"}
    assert not refused(ObjectStorage(), told).again
