"""The contract of engines, and what they share: the tree as set algebra."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from pyroaring import BitMap

from segmentation.errors import SegmentationError
from segmentation.lake.tables import Source
from segmentation.rules.nodes import Base, Rule
from segmentation.rules.trees import fold_tree
from segmentation.rules.vocabulary import Reference

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

# The customers of sets that rules refer to: by kind (tag, segment, audience), key and, of a tag, value.
References = Mapping[Reference, BitMap]


class EngineError(SegmentationError):
    """An engine could not answer."""

    code = "engine_failed"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an engine may use. `folder` is the lake's: the one place it may read."""

    folder: Path = Path()
    memory: str = "1GB"
    threads: int = 2
    # Bytes of the lake's columns that it may keep in memory beside that; 0: it keeps none.
    columns: int = 512 * 1024 * 1024


class Engine(ABC):
    """Answers rules over one state of the lake. Answers depend on nothing but what is handed in.

    `source` says which files, `references` resolves the named sets of a rule, `as_of` is the moment asked about.
    May be called from several threads at once; the bitmaps it returns are the caller's own.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    @abstractmethod
    def members(self, rule: Rule, *, as_of: datetime, source: Source, references: References) -> BitMap:
        """The customers that the rule means."""

    @abstractmethod
    def leaf_sets(self, rule: Rule, *, as_of: datetime, source: Source, references: References) -> dict[str, BitMap]:
        """The customers of each leaf alone, by path, within the rule's base population."""

    @abstractmethod
    def population(self, base: Base, *, as_of: datetime, timezone: str, source: Source) -> BitMap:
        """The customers of a base population."""

    def seconds(self, rule: Rule, *, as_of: datetime, source: Source) -> float:
        """What `members` would take, roughly; 0 if the engine cannot tell, or has all the sets that it needs."""
        return 0.0

    def members_among(
        self, among: BitMap, rule: Rule, *, as_of: datetime, source: Source, references: References
    ) -> BitMap | None:
        """Those of some customers that the rule means, found without looking at others; None if that cannot be.

        It cannot where others decide who belongs, as in "the best hundred".
        """
        return None

    def query(self, expression: "exp.Query", source: Source) -> "pa.Table":
        """The rows of a SELECT of ours over the lake's tables, for engines that speak SQL."""
        raise EngineError(
            f"The {type(self).__name__} engine runs no SQL; set SEGTAG_ENGINE=duckdb.", code="engine_without_sql"
        )


def combine(rule: Rule, leaf_sets: Mapping[str, BitMap], base: BitMap) -> BitMap:
    """The tree over its leaves' sets. `not` is the rest of the base, exactly."""
    paths = iter(leaf_sets.values())
    found = fold_tree(
        rule.root,
        lambda leaf: next(paths),
        lambda parts: reduce(BitMap.__and__, parts),
        lambda parts: reduce(BitMap.__or__, parts),
        lambda part: base - part,
    )
    return found & base


def union(sets: Iterable[BitMap]) -> BitMap:
    """All members of any."""
    return reduce(BitMap.__or__, sets, BitMap())
