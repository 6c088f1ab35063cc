"""Files to import."""

from pathlib import Path

import pytest

from tests.customers.imports.files import text_of


@pytest.fixture
def write(tmp_path: Path):
    def written(*lines: list[str], encoding: str = "utf-8", name: str = "orders.csv", **form: object) -> Path:
        path = tmp_path / name
        path.write_bytes(text_of(*lines, **form).encode(encoding))
        return path

    return written
