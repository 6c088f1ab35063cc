"""An import that was stopped goes on, and its books are those of one that was not."""

from collections import Counter
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings

from customers.errors import CustomersError
from customers.import_selectors import import_books, import_rejects
from customers.imports import create_import, run_import
from customers.ingest import table_import
from customers.models import Event, ImportBatch
from tests.customers.imports.files import books, line, load

pytestmark = pytest.mark.django_db


def test_an_import_that_another_process_finished_stays_finished(write) -> None:
    path = write(line())
    stale = create_import(path=path)
    load(path)

    assert run_import(batch=stale, path=path).counts == ImportBatch.objects.get().counts
    assert ImportBatch.objects.get().state == ImportBatch.State.DONE


def test_only_one_of_two_processes_goes_on(write) -> None:
    path = write(*(line(order_id=f"A{n}") for n in range(40)))
    batch = create_import(path=path)

    def overtake(step: str, rows: int) -> None:
        if batch.rows_read == 0:
            batch.refresh_from_db()
            run_import(batch=batch, path=path)

    with patch.object(table_import, "ROWS_AT_ONCE", 10), pytest.raises(CustomersError) as stopped:
        run_import(batch=batch, path=path, on_progress=overtake)

    assert stopped.value.code == "import_overtaken"
    assert books(ImportBatch.objects.get()) == {"order_lines": 40}


class PowerCut(BaseException):
    """Nothing that code could be prepared for."""


def test_an_import_cut_short_goes_on_and_its_books_are_those_of_an_uninterrupted_one(write) -> None:
    lines = [line(order_id=f"A{n // 3}", customer_id="" if n % 7 == 0 else f"u{n // 3}") for n in range(60)]
    path = write(*lines)

    def cut(step: str, rows: int) -> None:
        if Event.objects.count() >= 8:
            raise PowerCut

    with patch.object(table_import, "ROWS_AT_ONCE", 10):
        batch = create_import(path=path)
        with pytest.raises(PowerCut):
            run_import(batch=batch, path=path, on_progress=cut)
        batch.refresh_from_db()
        assert 0 < batch.rows_read < 60
        assert create_import(path=path) == batch
        batch = run_import(batch=batch, path=path)

    expected = Counter("order_lines" if row[1] else "without_customer" for row in lines)
    assert books(batch) == expected
    assert import_books(batch).buyers == len({row[1] for row in lines if row[1]})
    assert ImportBatch.objects.count() == 1
    assert import_rejects(batch).count() == expected["without_customer"]


def test_a_finished_import_stays_as_it_is(write) -> None:
    batch = load(write(line()))
    finished = batch.finished_at

    assert run_import(batch=batch).finished_at == finished


def test_what_stopped_an_import_is_written_in_its_row(write, tmp_path: Path) -> None:
    path = write(line())
    batch = create_import(path=path)
    path.unlink()

    with pytest.raises(CustomersError):
        run_import(batch=batch, path=path)

    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.FAILED
    assert "No such file" in batch.error


def test_an_uploaded_file_is_found_again(write) -> None:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "1.csv"
    kept.write_bytes(write(line()).read_bytes())

    batch = create_import(path=kept, file_name="订单.csv")

    assert (batch.path, batch.file_name) == ("imports/1.csv", "订单.csv")
    assert books(run_import(batch=batch)) == {"order_lines": 1}
