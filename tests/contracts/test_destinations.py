"""What every destination keeps to."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from customers import plugins
from segmentation.activation.destinations import base
from segmentation.activation.destinations.base import Destination, Shipment, Whole

FOLDER = "segmentation.activation.destinations"
ROWS = [["C-1", 3, "=1+1"], ["C-2", None, "张三"]]

every_destination = pytest.mark.parametrize("key", plugins.names(FOLDER))

# Those that need nothing but a folder: what is true of them can be tried here.
FILES = [
    key for key, one in plugins.load_all(FOLDER, Destination).items() if isinstance(one, Whole) and not one.settings
]
every_file = pytest.mark.parametrize("key", FILES)


def destination(key: str) -> Destination:
    return plugins.load(FOLDER, key, Destination)


def shipment(folder: Path, *, attempt: int = 1, rows=ROWS, key: str = "run1", **options) -> Shipment:
    return Shipment(
        key=key,
        attempt=attempt,
        title="spring-v1",
        header=["external_id", "orders", "note"],
        rows=rows,
        folder=folder,
        options=options,
    )


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def breaking_rows() -> Iterator[list]:
    yield ROWS[0]
    raise ConnectionError("the database went away")


@every_destination
def test_it_has_a_name_in_both_languages(key):
    assert destination(key).name_zh
    assert destination(key).name_en


@every_file
def test_it_counts_what_it_took_and_signs_it(key, tmp_path):
    receipt = destination(key).deliver(shipment(tmp_path))
    assert receipt.rows == len(ROWS)
    assert len(receipt.sha256) == 64
    if receipt.path:
        assert hashlib.sha256((tmp_path / receipt.path).read_bytes()).hexdigest() == receipt.sha256


@every_file
def test_it_hands_over_nothing_when_the_rows_break_off(key, tmp_path):
    with pytest.raises(ConnectionError):
        destination(key).deliver(shipment(tmp_path, rows=breaking_rows()))
    assert files(tmp_path) == {}


@every_file
def test_a_second_attempt_takes_the_place_of_the_first(key, tmp_path):
    first = destination(key).deliver(shipment(tmp_path, attempt=9))
    second = destination(key).deliver(shipment(tmp_path, attempt=10))
    assert first.sha256 == second.sha256
    assert list(files(tmp_path)) == ([second.path] if second.path else [])


@every_file
def test_an_attempt_that_was_overtaken_leaves_the_later_one_alone(key, tmp_path):
    later = destination(key).deliver(shipment(tmp_path, attempt=10))
    overtaken = shipment(tmp_path, attempt=9)
    receipt = destination(key).deliver(overtaken)
    destination(key).take_back(overtaken, receipt)
    assert list(files(tmp_path)) == ([later.path] if later.path else [])


@every_file
def test_deliveries_of_other_runs_are_left_alone(key, tmp_path):
    other = destination(key).deliver(shipment(tmp_path, key="run2"))
    mine = destination(key).deliver(shipment(tmp_path, attempt=2))
    assert set(files(tmp_path)) == {path for path in (other.path, mine.path) if path}


@every_destination
def test_it_works_with_the_standard_library_alone(key):
    module = __import__(f"{FOLDER}.{key}", fromlist=["x"])
    for name in ("django", "rest_framework", "celery"):
        assert not any(getattr(value, "__module__", "").startswith(name) for value in vars(module).values())
    assert issubclass(type(destination(key)), base.Destination)


def test_the_file_is_readable_by_its_owner_alone(tmp_path):
    receipt = destination("file").deliver(shipment(tmp_path / "new"))
    assert (tmp_path / "new" / receipt.path).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_the_file_is_safe_csv_with_a_byte_order_mark_if_asked_for(tmp_path):
    plain = destination("file").deliver(shipment(tmp_path))
    content = b'"external_id","orders","note"\r\n"C-1","3","\'=1+1"\r\n"C-2","","\xe5\xbc\xa0\xe4\xb8\x89"\r\n'
    assert (tmp_path / plain.path).read_bytes() == content
    marked = destination("file").deliver(shipment(tmp_path, attempt=2, bom=True))
    assert (tmp_path / marked.path).read_bytes() == b"\xef\xbb\xbf" + content
