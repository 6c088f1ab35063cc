"""SQL by hand over the lake's files: what one would do without a rule engine."""

from pathlib import Path

import duckdb
import numpy as np
from pyroaring import BitMap

from benchmarks.questions import Leaf
from segmentation.engines.marks import bitmap
from segmentation.lake.tables import Source

DAY = "((epoch_us(time) + 28800000000) // 86400000000)"


class ByHand:
    """A DuckDB that knows the same files by name and has read their footers."""

    def __init__(self, source: Source, *, memory: str, threads: int, spill: Path) -> None:
        self._database = duckdb.connect(
            config={"threads": threads, "memory_limit": memory, "temp_directory": str(spill)}
        )
        self._database.execute("SET parquet_metadata_cache = true")
        self._database.execute("SET TimeZone = 'UTC'")
        for table, files in source.tables.items():
            self._database.read_parquet(list(files)).create_view(table)
            self._database.execute(f"SELECT count(customer_id) FROM {table}").fetchall()
        self._everybody = self._set("SELECT customer_id FROM customers")

    def members(self, leaf: Leaf) -> BitMap:
        """The customers of a leaf, as a set like the engine's."""
        found = self._set(leaf.sql.format(day=DAY))
        return self._everybody - found if leaf.complement else found

    def _set(self, sql: str) -> BitMap:
        ids = self._database.execute(sql).fetchnumpy()["customer_id"]
        marks = np.zeros(int(ids.max(initial=-1)) + 1, dtype=bool)
        marks[ids] = True
        return bitmap(marks)
