"""A DuckDB that is locked in: it reads one folder, writes nothing of ours, and cannot be talked out of it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from segmentation.engines.base import EngineError, Limits


class LockedDatabase:
    """One database in memory per process; every question has a cursor of its own, so threads need not wait."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = Lock()
        # By process: a forked worker must not touch its parent's, not even to close it.
        self._opened: dict[int, duckdb.DuckDBPyConnection] = {}
        self._spill = TemporaryDirectory(prefix="segtag-duckdb-", ignore_cleanup_errors=True)

    def column(self, sql: str, parameters: Mapping[str, Any]) -> np.ndarray:
        """The one column of the answer."""
        with _our_errors():
            [(_, values)] = self._connection().cursor().execute(sql, dict(parameters)).fetchnumpy().items()
        return values

    def table(self, sql: str) -> pa.Table:
        """The whole answer."""
        with _our_errors():
            return self._connection().cursor().sql(sql).to_arrow_table()

    def _connection(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            process = os.getpid()
            if process not in self._opened:
                self._opened[process] = self._open()
            return self._opened[process]

    def _open(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": self._limits.memory,
                "threads": self._limits.threads,
                "temp_directory": self._spill.name,
                "allow_community_extensions": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        # What may be read is set before the outside is shut, and then nothing can be set any more.
        connection.execute("SET allowed_directories = $folders", {"folders": [str(self._limits.folder.absolute())]})
        connection.execute("SET parquet_metadata_cache = true")
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as e:
        raise EngineError(
            "The question needs more memory than the engine has; raise SEGTAG_ENGINE_MEMORY.",
            code="engine_out_of_memory",
        ) from e
    except duckdb.Error as e:
        raise EngineError(f"DuckDB refused the question: {e}") from e
