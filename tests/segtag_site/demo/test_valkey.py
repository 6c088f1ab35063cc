"""The Valkey of the requirements: reachable under any folder, and it forgets nothing."""

from pathlib import Path

import redis

from segtag_site.demo import valkey
from tests.broker import Broker


def test_a_folder_with_a_long_name_gets_a_short_socket(tmp_path: Path):
    folder = tmp_path / ("long-" * 30)
    folder.mkdir()

    assert len(str(valkey.socket_path(folder))) <= valkey.LONGEST_SOCKET
    assert valkey.socket_path(folder) == valkey.socket_path(folder)
    assert valkey.socket_path(folder) != valkey.socket_path(tmp_path / ("other-" * 30))


def test_what_was_written_is_there_after_a_kill(tmp_path: Path):
    broker = Broker(tmp_path)
    broker.start()
    try:
        redis.from_url(broker.url).set("message", "kept")
        broker.kill()
        broker.start()
        assert redis.from_url(broker.url).get("message") == b"kept"
    finally:
        broker.stop()
