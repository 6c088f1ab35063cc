"""Questions about rows, answered over columns in memory: rows of a window, those that fit, what they are together."""

from collections.abc import Hashable
from dataclasses import replace

import numpy as np
from pyroaring import BitMap

from segmentation.engines import columns
from segmentation.engines.blocks import CUSTOMER
from segmentation.engines.columns import Columns
from segmentation.engines.earlier import Answers, Earlier
from segmentation.engines.marks import bitmap
from segmentation.engines.not_here import NotHere
from segmentation.engines.questions import Question
from segmentation.engines.readers import CustomerReader, RowReader, Rows, knows
from segmentation.engines.stretches import Kept, Picked, Places, Some, Stretch
from segmentation.engines.words import Word, columns_of
from segmentation.lake.tables import CUSTOMER_ID, Source

# Looking again at some customers pays up to this share of all.
MOST_TOUCHED = 0.15
# Arrays that the answers to questions about the same rows leave behind, roughly.
NUMBERS_KEPT, BYTES = 3, 8


class Tallies:
    """Answers questions about one engine's lake. Rows of a window, and those that fit, serve many questions."""

    def __init__(self, most_bytes: int, threads: int) -> None:
        self._columns = Columns(most_bytes, threads)
        self._most_kept = most_bytes // 2
        self.forget_answers()

    def forget_answers(self) -> None:
        """Forgets what was worked out, but not the columns."""
        self._kept = Kept(self._most_kept)
        self._earlier = Answers()

    def customers(self, question: Question, source: Source) -> BitMap:
        """The customers found. Raises NotHere if the question is one for SQL."""
        words = [word for word in (question.where, question.having) if word]
        if not all(map(knows, words)):
            raise NotHere
        rows = self._columns.rows(source, question.table, question.event)
        before = self._earlier.closest(question, rows.paths)
        if before is not None and before.says_the_same(question, rows.paths):
            return BitMap(before.found)
        stretch = self._stretch(question, rows, source)
        found = self._amended(before, question, stretch, rows, source) if before else None
        if found is None:
            stretch.read_ahead({CUSTOMER}.union(*map(columns_of, words)))
            found = self._answer(question, stretch, stretch.key) if stretch.places else BitMap()
        self._earlier.keep(question, rows.paths, found)
        return found

    def rows(self, question: Question, source: Source) -> int:
        """How many rows lie in the months that the question is about; 0 if it is one for SQL."""
        try:
            rows = self._columns.rows(source, question.table, question.event)
        except NotHere:
            return 0
        return sum(rows.blocks[place].size for place in self._stretch(question, rows, source).places)

    def _stretch(self, question: Question, rows: columns.Rows, source: Source) -> Stretch:
        schema = source.schemas[question.table]
        return Stretch(self._columns, rows, schema, question.first, question.stop, self._kept)

    def _amended(
        self, before: Earlier, question: Question, stretch: Stretch, rows: columns.Rows, source: Source
    ) -> BitMap | None:
        """The earlier answer, with those looked at again who can differ; None if they are too many."""
        token = (rows.number, before.paths, tuple(before.moved(question)))
        touched = self._kept.once(
            token, lambda: self._touched(before, question, rows, source), lambda made: made.nbytes
        )
        if len(touched.ids) > MOST_TOUCHED * len(touched.marks):
            return None
        if not stretch.places:
            return BitMap()
        again = self._answer(question, stretch.of(touched, token), (stretch.key, token))
        return (before.found - touched.members) | again

    def _touched(self, before: Earlier, question: Question, rows: columns.Rows, source: Source) -> Some:
        """The customers who can differ."""
        ids = [
            self._columns.values(rows, place, CUSTOMER, CUSTOMER_ID)[0]
            for place, block in enumerate(rows.blocks)
            if block.path not in before.paths
        ]
        for first, stop in before.moved(question):
            moved = self._stretch(replace(question, first=first, stop=stop), rows, source)
            ids += [part.customers for part in moved.parts]
        marks = np.zeros(self._columns.most(rows) + 1, dtype=bool)
        for some in ids:
            marks[some] = True
        return Some(marks)

    def _answer(self, question: Question, rows: Stretch | Places, token: Hashable) -> BitMap:
        """Those of the rows' customers that the question means. What they are together serves many questions."""
        where, having = question.where, question.having
        reader = self._kept.once((token, where), lambda: _reader(rows, where), _weight)
        marks = reader.there if having is None else reader.test(having) & reader.there
        return bitmap(marks) if rows.ids is None else BitMap(rows.ids[np.flatnonzero(marks)])


def _weight(reader: CustomerReader) -> int:
    """About what it takes in the end: some numbers of each customer, and the places of the rows that were picked."""
    picked = sum(part.nbytes for part in reader.parts if isinstance(part, Picked))
    return NUMBERS_KEPT * reader.size * BYTES + picked


def _reader(rows: Stretch | Places, where: Word | None) -> CustomerReader:
    parts = rows.parts if where is None else [part for rows in rows.parts if (part := _picked(rows, where))]
    return CustomerReader(parts, rows.size)


def _picked(rows: Rows, where: Word) -> Rows | None:
    """The rows that fit; None if none does."""
    marks = RowReader(rows).test(where)
    if marks.all():
        return rows
    return Picked(rows, np.flatnonzero(marks)) if marks.any() else None
