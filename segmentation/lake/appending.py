"""One of the two tables of events while rows are appended to it, month by month and sorted."""

from collections import Counter
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from segmentation.lake import delta
from segmentation.lake.owners import moved, rewrite
from segmentation.lake.tables import FIXED, MONTH

# A stable sort: items of one event stay in their order.
ORDER = [(name, "ascending") for name in (MONTH, "event", "customer_id", "time", "event_id")]

# Names of marks: the last event copied, the database it was copied from, and the last merge that is told in the rows.
LAST, ORIGIN, MERGES = "last_event", "origin", "last_merge"


class Appender:
    """`events` or `items`. What it takes waits in memory until `commit`, which saves rows, mark and misfits at once."""

    def __init__(self, name: str, columns: list[pa.Field], *, finish: Callable[[pa.Table], pa.Table]) -> None:
        """`finish` is what happens to rows once, before they are saved."""
        self.name = name
        self.columns = columns
        self._finish = finish
        self.rows = 0
        self._table = delta.created(name)
        self._waiting: list[pa.Table] = []
        self._misfits: Counter[str] = Counter()

    @property
    def last(self) -> int:
        """Id of the last event that the table holds."""
        return delta.mark(self._table, LAST)

    @property
    def version(self) -> int:
        return self._table.version()

    @property
    def waiting(self) -> int:
        """Bytes of the rows taken, not yet committed."""
        return sum(rows.nbytes for rows in self._waiting)

    def misfits(self, mark: str) -> int:
        """How many values were left out of a column, in all that the table holds."""
        return delta.mark(self._table, mark)

    def can_hold(self, origin: int) -> bool:
        """Whether new rows go with those that are there: same types, same database."""
        there = delta.schema(self._table)
        same = all(there.field(c.name).type == c.type for c in self.columns if c.name in there.names)
        return same and (self.last == 0 or delta.mark(self._table, ORIGIN) == origin)

    def start_again(self, origin: int, merges: int, misfits: list[str]) -> None:
        """Empty the table. Readers of published versions notice nothing."""
        marks = {LAST: 0, ORIGIN: origin, MERGES: merges, **dict.fromkeys(misfits, 0)}
        delta.overwrite(self._table, pa.schema([*FIXED[self.name], *self.columns]).empty_table(), marks=marks)

    def follow(self, merged: Mapping[int, int], upto: int) -> None:
        """Tell in the rows whose they are after the merges up to this line of their log."""
        told = delta.mark(self._table, MERGES)
        if told < upto:
            rewrite(self._table, self.name, moved(merged, after=told, upto=upto), upto=self.last)
            delta.append(self._table, self.name, {}, marks={MERGES: upto})

    def take(self, rows: pa.Table, misfits: Counter[str]) -> None:
        self._waiting.append(rows)
        self._misfits.update(misfits)

    def commit(self, last: int, origin: int) -> None:
        """Save what was taken, as everything up to the event `last`."""
        rows = pa.concat_tables([FIXED[self.name].empty_table(), *self._waiting], promote_options="default")
        delta.widen(self._table, self.columns)
        counts = {mark: self.misfits(mark) + count for mark, count in self._misfits.items()}
        delta.append(self._table, self.name, by_month(self._finish(rows)), marks={LAST: last, ORIGIN: origin, **counts})
        self.rows += rows.num_rows
        self._waiting, self._misfits = [], Counter()


def by_month(rows: pa.Table) -> dict[str, pa.Table]:
    """The rows of each month, sorted as engines read them, without the month itself."""
    rows = rows.take(pc.sort_indices(rows, sort_keys=ORDER))
    months = pc.run_end_encode(rows[MONTH].combine_chunks())
    rows, parts, start = rows.drop_columns([MONTH]), {}, 0
    for month, end in zip(months.values.to_pylist(), months.run_ends.to_pylist(), strict=True):
        parts[month] = rows.slice(start, end - start)
        start = end
    return parts
