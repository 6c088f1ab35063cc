"""The computing of collaborative tags; importing it is what loads scipy.

A chain of answers, each asked only about those of whom the one before said nothing clear: similar customers, what is
bought, what is usual in the customer's group, what is usual of everybody.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from segmentation.similarity.collaborative import Neighbourhood, profiles, suggest
from segmentation.similarity.item_votes import item_votes
from segmentation.tags.kinds.base import Context, Outcome
from segmentation.tags.kinds.collaborative import Definition
from segmentation.tags.learning_from import values_of
from segmentation.tags.likeness import Likeness, likeness, members_by_value

Rows = NDArray[np.intp]
# The numbers of the most similar customers that an answer keeps.
NEAR = 5


@dataclass(frozen=True)
class Answer:
    """For some asked rows: `scores[row, value]`, by how many customers (`support`), and who is nearest, if anybody."""

    scores: NDArray[np.float64]
    support: Rows
    near: Rows
    widened: int = 0


@dataclass(frozen=True)
class Asking:
    """Everything that the steps of the chain need: places in `like` of the known and of the asked."""

    definition: Definition
    like: Likeness
    known: Rows
    asked: Rows
    rows: NDArray[np.float32]
    context: Context

    @property
    def labels(self) -> NDArray[np.bool_]:
        """Of the known."""
        return np.asarray(self.like.labels[self.known])

    def by_users(self, some: Rows) -> Answer:
        how = self.definition
        near = Neighbourhood(how.nearest, how.floor, 4 * how.nearest, how.support, how.similarity)
        found = suggest(self.rows[self.known], self.labels, self.rows[some], near)
        return Answer(found.scores, found.support, self.known[found.near], int(found.widened.sum()))

    def by_items(self, some: Rows) -> Answer:
        nearest, seed = self.definition.nearest, self.context.seed
        found = item_votes(self.rows[self.known], self.labels, self.rows[some], nearest=nearest, seed=seed)
        return _alone(found.scores, found.support)

    def by_group(self, some: Rows) -> Answer:
        """What is usual among the known of the same value of the tag `groups`; nothing for who has none of them."""
        scores, support = np.zeros((len(some), len(self.like.values))), np.zeros((len(some), len(self.like.values)))
        groups = self.context.tagged(self.definition.groups) if self.definition.groups else {}
        for having in groups.values():
            there = np.isin(self.like.ids, np.array(having, dtype=np.uint32))
            known = self.labels[there[self.known]]
            if len(known):
                scores[there[some]], support[there[some]] = known.mean(axis=0), known.sum(axis=0)
        return _alone(scores, support.astype(np.intp))

    def by_everybody(self, some: Rows) -> Answer:
        shape = (len(some), 1)
        return _alone(np.tile(self.labels.mean(axis=0), shape), np.tile(self.labels.sum(axis=0), shape))


def compute(definition: Definition, context: Context) -> Outcome:
    """Values for those of whom the tag says nothing, each with the step that gave it."""
    like = likeness(definition, context)
    rows = profiles(like.counts, definition.similarity)
    asking = Asking(definition, like, np.flatnonzero(like.known), np.flatnonzero(~like.known), rows, context)
    context.progress("fitting", 0, 0)
    chosen, table, details = _chained(asking)
    members = members_by_value(like, asking.asked, chosen)
    values = tuple(value for value in values_of(definition) if value.key in members)
    return Outcome(values, {value.key: members[value.key] for value in values}, details, table)


def _chained(asking: Asking) -> tuple[Rows, pa.Table, dict[str, object]]:
    """The value chosen for each asked row (−1: none), what is told of each, and how many each step answered."""
    steps: dict[str, Callable[[Rows], Answer]] = {
        "users": asking.by_users,
        "items": asking.by_items,
        "group": asking.by_group,
        "everybody": asking.by_everybody,
    }
    chosen, tables, answered, widened = np.full(len(asking.asked), -1), [], {}, 0
    usual = asking.labels.mean(axis=0)
    for name, step in steps.items():
        left = np.flatnonzero(chosen < 0)
        found = step(asking.asked[left])
        picked = found.scores.argmax(axis=1) if name == "everybody" else _clear(found, usual, asking.definition)
        given = picked >= 0
        chosen[left[given]] = picked[given]
        tables.append(_told(asking, name, left[given], picked[given], _rows(found, given), usual))
        answered[name] = int(given.sum())
        widened += found.widened
        if name == asking.definition.until:
            break
    details: dict[str, object] = {
        "source": asking.definition.tag,
        "known": len(asking.known),
        "asked": len(asking.asked),
        "suggested": int((chosen >= 0).sum()),
        "widened": widened,
        "by": answered,
    }
    return chosen, pa.concat_tables(tables), details


def _clear(found: Answer, usual: NDArray[np.float64], definition: Definition) -> Rows:
    """The likeliest value with enough support and lift; −1 where no value has both."""
    lift = found.scores / np.maximum(usual, 1e-9)
    clear = (found.support >= definition.support) & (lift >= definition.least_lift)
    return np.where(clear.any(axis=1), np.where(clear, found.scores, -1).argmax(axis=1), -1)


def _told(asking: Asking, origin: str, rows: Rows, picked: Rows, found: Answer, usual: NDArray[np.float64]) -> pa.Table:
    at = (np.arange(len(rows)), picked)
    return pa.table(
        {
            "id": pa.array(asking.like.ids[asking.asked[rows]], pa.int32()),
            "value": pa.array([asking.like.values[place] for place in picked], pa.string()),
            "score": pa.array(found.scores[at], pa.float64()),
            "support": pa.array(found.support[at], pa.int32()),
            "lift": pa.array(found.scores[at] / np.maximum(usual[picked], 1e-9), pa.float64()),
            "neighbours": pa.array(asking.like.ids[found.near].tolist(), pa.list_(pa.int32())),
            "origin": pa.array([origin] * len(rows), pa.string()),
        }
    )


def _alone(scores: NDArray[np.float64], support: Rows) -> Answer:
    """An answer in which no single customer stands out."""
    return Answer(scores, support, np.empty((len(scores), 0), np.intp))


def _rows(found: Answer, given: NDArray[np.bool_]) -> Answer:
    return Answer(found.scores[given], found.support[given], found.near[given][:, :NEAR])
