"""Blocks: many columns about one thing, which together count as much as their weight says.

Spread over hundreds of columns, what somebody buys would drown a handful of features, or drown in them. So a block is
brought to few directions, and those to a total variance of three ordinary columns times the square of its weight.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from segmentation.segments.placing import Matrix
from segmentation.similarity.bought import Bought

# How many ordinary columns a block of weight 1 counts for, and at most how many directions it keeps.
WORTH, PARTS = 3, 8
# Constants are kept to so many places, and used as they are kept.
PLACES = 6


@dataclass(frozen=True)
class Block(ABC):
    """A fitted block: `encode` is the same arithmetic anywhere."""

    key: ClassVar[str]

    mean: NDArray[np.float64]
    scale: float

    @property
    def names(self) -> tuple[str, ...]:
        """What its columns are called."""
        return tuple(f"{self.key}:{place}" for place in range(1, len(self.mean) + 1))

    def encode(self, values: Any) -> Matrix:
        """One row per customer; a gap (NaN) is filled by what is usual."""
        return np.nan_to_num((self.rows(values) - self.mean) * self.scale)

    @abstractmethod
    def rows(self, values: Any) -> Matrix:
        """The columns before they are centred and weighted."""

    def to_json(self) -> dict[str, Any]:
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"block": self.key, **{k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in told.items()}}


@dataclass(frozen=True)
class Categories(Block):
    """Roots of the shares of what is bought, in the directions in which customers differ most."""

    key = "categories"

    texts: tuple[str, ...]
    directions: NDArray[np.float64]

    def rows(self, values: Bought) -> Matrix:
        places = {text: place for place, text in enumerate(values.texts)}
        known = np.array([text in places for text in self.texts])
        columns = [places[text] for text in self.texts if text in places]
        return np.asarray(values.shares[:, columns].sqrt() @ self.directions[known])

    @classmethod
    def of(cls, values: Bought, weight: float) -> "Categories":
        directions = _directions(values.shares.sqrt())
        return _weighed(cls(np.zeros(0), 1.0, tuple(values.texts), directions), values, weight)


@dataclass(frozen=True)
class Texts(Block):
    """What the names of the bought products speak of: pieces of letters (TF-IDF), condensed by SVD."""

    key = "texts"

    rare: NDArray[np.float64]
    directions: NDArray[np.float64]

    def rows(self, values: Bought) -> Matrix:
        # By name: where it is imported scikit-learn is.
        texts = import_module("segmentation.similarity.texts")
        products = texts.weighted(texts.pieces(values.texts), self.rare) @ self.directions
        return np.asarray(values.shares @ products)

    @classmethod
    def of(cls, values: Bought, weight: float) -> "Texts":
        texts = import_module("segmentation.similarity.texts")
        pieces = texts.pieces(values.texts)
        rare = np.round(texts.rarity(pieces), PLACES)
        directions = _directions(texts.weighted(pieces, rare))
        return _weighed(cls(np.zeros(0), 1.0, rare, directions), values, weight)


@dataclass(frozen=True)
class Weeks(Block):
    """Spending week by week, the latest last; weeks before the first purchase are gaps, not zeros."""

    key = "weeks"

    gaps: bool

    def rows(self, values: NDArray[np.float64]) -> Matrix:
        return np.log1p(np.maximum(values, 0))

    def encode(self, values: NDArray[np.float64]) -> Matrix:
        scaled = (self.rows(values) - self.mean) * self.scale
        return scaled if self.gaps else np.nan_to_num(scaled)

    @classmethod
    def of(cls, values: NDArray[np.float64], weight: float, *, gaps: bool) -> "Weeks":
        return _weighed(cls(np.zeros(0), 1.0, gaps), values, weight)


KINDS: dict[str, type[Block]] = {"categories": Categories, "texts": Texts, "weeks": Weeks}


def fit(key: str, values: Any, weight: float, *, gaps: bool) -> Block | None:
    """The block of this key; None where its columns are the same for everybody."""
    if key == Weeks.key:
        block: Block = Weeks.of(values, weight, gaps=gaps)
    else:
        block = Categories.of(values, weight) if key == Categories.key else Texts.of(values, weight)
    return block if block.scale else None


def from_json(saved: Mapping[str, Any]) -> Block:
    """A block as `to_json` told it."""
    kind: Any = KINDS[saved["block"]]
    parts = {key: value for key, value in saved.items() if key != "block"}
    arrays: dict[str, Any] = {
        key: np.array(parts[key], dtype=np.float64) for key in ("mean", "rare", "directions") if key in parts
    }
    if "texts" in parts:
        parts["texts"] = tuple(parts["texts"])
    block: Block = kind(**{**parts, **arrays})
    return block


def _directions(rows: sparse.csr_array) -> NDArray[np.float64]:
    """Columns × parts: where the rows differ most."""
    mean = np.asarray(rows.mean(axis=0)).ravel()
    spread = (rows.T @ rows).toarray() / max(1, rows.shape[0]) - np.outer(mean, mean)
    _, vectors = np.linalg.eigh(spread)
    found = vectors[:, ::-1][:, :PARTS]
    # Their largest part positive: the sign of a direction has no meaning, and must not depend on the library.
    signs = np.sign(found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])])
    return np.asarray(np.round(found * np.where(signs == 0, 1, signs), PLACES))


def _weighed(block: Any, values: Any, weight: float) -> Any:
    """The block centred, and scaled to its weight; a scale of 0 where nothing varies."""
    rows = block.rows(values)
    total = float(np.nansum(np.nanvar(rows, axis=0)))
    scale = weight * np.sqrt(WORTH / total) if total > 1e-12 else 0.0
    own = {field.name: getattr(block, field.name) for field in fields(block)}
    usual = np.nan_to_num(np.nanmean(rows, axis=0))
    return type(block)(**{**own, "mean": np.round(usual, PLACES), "scale": round(float(scale), PLACES)})
