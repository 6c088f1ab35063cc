"""What a tag kind is: a definition in, and for each of the tag's values its customers out.

One file per kind in this folder; its name is the key. Plain Python: no Django and no clock. What a kind may know of
the customers comes in a Context, so the same definition and context give the same customers.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyroaring import BitMap

from segmentation.errors import SegmentationError
from segmentation.prediction.histories import Histories
from segmentation.rules.catalog import Catalog, Labels
from segmentation.rules.references import Name, named_in
from segmentation.tags.names import ValueName
from segmentation.tags.problems import Problem, problem

# A rule, or a kind's definition, as JSON.
Document = Mapping[str, Any]
D = TypeVar("D", bound=msgspec.Struct)


class TagError(SegmentationError):
    """The tag cannot be computed from what there is; the message says what to change."""

    code = "tag"


@dataclass(frozen=True)
class Value:
    """One answer of the tag. `detail` is kept with it: what distinguishes it, where it begins and ends."""

    key: str
    name_zh: str
    name_en: str
    colour: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def named(cls, name: ValueName, **detail: Any) -> "Value":
        """A value as a definition names it."""
        return cls(name.key, name.zh, name.en, name.colour, detail)


@dataclass(frozen=True)
class Example:
    """A kind at work: a definition, and customers in words, each with the value that they get, or a dash for none."""

    definition: Mapping[str, Any]
    customers: tuple[tuple[Labels, Labels], ...]


@dataclass(frozen=True)
class FeatureColumn:
    """A feature of many customers; a missing value is NaN or None."""

    key: str
    type: str
    unit: str
    labels: Labels
    values: NDArray[Any]

    @property
    def present(self) -> NDArray[np.bool_]:
        """Where there is a value."""
        if self.values.dtype == object:
            return np.not_equal(self.values, np.array(None, dtype=object)).astype(bool)
        return ~np.isnan(self.values)


@dataclass(frozen=True)
class Frame:
    """Features side by side: `ids[i]` is the customer that has `columns[key].values[i]`."""

    ids: NDArray[np.uint32]
    columns: Mapping[str, FeatureColumn]

    def where(self, rows: NDArray[np.bool_]) -> "Frame":
        """These rows alone."""
        columns = {
            key: FeatureColumn(c.key, c.type, c.unit, c.labels, c.values[rows]) for key, c in self.columns.items()
        }
        return Frame(self.ids[rows], columns)

    def customers(self, rows: NDArray[np.bool_]) -> BitMap:
        """Those of these rows, as a set."""
        return BitMap(self.ids[rows])


@dataclass(frozen=True)
class Items:
    """Who bought how many items of which value: `ids[i]` bought `counts[i]` of `texts[values[i]]`.

    Each pair of customer and value is there once; `texts` are in alphabetical order.
    """

    ids: NDArray[np.uint32]
    values: NDArray[np.int32]
    counts: NDArray[np.int64]
    texts: Sequence[str]


@dataclass(frozen=True)
class Counts:
    """How often for whom: `ids[i]` has `numbers[i]`, at least 1. Each customer is there once."""

    ids: NDArray[np.uint32]
    numbers: NDArray[np.int64]


def _unasked(*what: Any) -> Any:
    raise NotImplementedError("This context cannot tell.")


@dataclass(frozen=True)
class Context:
    """All that a kind may know of the customers, each asked about `as_of`.

    `answer` takes a rule, `features` keys, `items` an event, a property of its items, and days (None for all time);
    `ends` an event, a property, "events" or "items", "first" or "last", and days; `periods` an event, "days", "weeks"
    or "months", and days; `tagged` the key of another tag, and gives the customers of its values,
    `tagged_from` by origin;
    `histories` gives everybody's purchases by day.
    """

    as_of: datetime
    seed: int
    everybody: BitMap
    answer: Callable[[Document], BitMap]
    features: Callable[[Sequence[str]], Frame]
    items: Callable[[str, str, int | None], Items]
    ends: Callable[[str, str, str, str, int | None], Items] = _unasked
    periods: Callable[[str, str, int | None], Counts] = _unasked
    tagged: Callable[[str], Mapping[str, BitMap]] = _unasked
    # The same by origin and value, see `rules.origins`.
    tagged_from: Callable[[str], Mapping[str, Mapping[str, BitMap]]] = lambda key: {}
    # The zone whose days, weeks and months count.
    timezone: str = "Asia/Shanghai"
    # Customers of each value as people gave them, and as lists name them, both as they stood at `as_of`.
    given: Mapping[str, BitMap] = field(default_factory=dict)
    listed: Mapping[str, BitMap] = field(default_factory=dict)
    histories: Callable[[], Histories] = Histories.nobody
    # The values as they are, retired ones too, their customers, and what the last run said of itself.
    known: Mapping[str, Value] = field(default_factory=dict)
    current: Mapping[str, BitMap] = field(default_factory=dict)
    previous: Mapping[str, Any] = field(default_factory=dict)
    progress: Callable[[str, int, int], None] = lambda phase, done, total: None


@dataclass(frozen=True)
class Outcome:
    """The values in order, the customers of each, and what the run has to say beyond (pictures, notes, figures)."""

    values: tuple[Value, ...]
    members: Mapping[str, BitMap]
    details: Mapping[str, Any] = field(default_factory=dict)
    # What is known of each customer (`id`) beyond the value: scores and reasons, kept for looking up one by one.
    scores: pa.Table | None = None
    # Who has a value from elsewhere than is usual of the kind: by origin, then by value. The first origin counts.
    origins: Mapping[str, Mapping[str, BitMap]] = field(default_factory=dict)

    @property
    def covered(self) -> BitMap:
        """Everybody with a value."""
        return BitMap.union(BitMap(), *self.members.values())

    def exclusive(self) -> "Outcome":
        """The same with each customer in the first of its values only."""
        taken, members = BitMap(), {}
        for value in self.values:
            members[value.key] = self.members[value.key] - taken
            taken |= self.members[value.key]
        return replace(self, members=members)

    def aside(self, usual: str) -> dict[tuple[str, str], BitMap]:
        """The members by origin and value, where the origin is not the usual one. Each is in one of a value's sets."""
        found: dict[tuple[str, str], BitMap] = {}
        for key, having in self.members.items():
            left = BitMap(having)
            for origin, by_value in self.origins.items():
                taken = left & by_value.get(key, BitMap())
                left -= taken
                if taken and origin != usual:
                    found[origin, key] = taken
        return found


@dataclass(frozen=True)
class Asked:
    """One customer, for whom is asked why: features as (value, unit, labels), and the words of the rule language."""

    as_of: datetime
    catalog: Catalog
    features: Mapping[str, tuple[Any, str, Labels]]
    # What the last run kept of this customer; None when it kept nothing.
    score: Mapping[str, Any] | None = None


class Kind(ABC, Generic[D]):
    """One way to tell customers apart. A definition is JSON as saved, and an object of `shape` when read."""

    labels: ClassVar[Labels]
    description: ClassVar[Labels]
    # Where customers have its values from, but for what `Outcome.origins` says; a key of `rules.origins`.
    origin: ClassVar[str] = "computed"
    # For people who choose a kind: a page shows it.
    example: ClassVar[Example]
    shape: type[D]
    # The kind keeps scores of each customer, of which its reasons are made.
    keeps_scores: ClassVar[bool] = False
    # The values exclude each other by their nature, whatever the tag says.
    always_exclusive: ClassVar[bool] = True
    # A value keeps the name that it was first given, however often it is computed again.
    names_stay: ClassVar[bool] = False
    # What it says of a base date depends on what the base date before it left (`current`, `previous`).
    goes_on: ClassVar[bool] = False
    # It draws conclusions by statistics or models: who refused to be profiled is left out.
    profiles: ClassVar[bool] = True
    # It takes minutes: a reviewer is not told beforehand what a change would do.
    heavy: ClassVar[bool] = False

    def read(self, definition: Document) -> D:
        """The definition as an object; raises msgspec.ValidationError for one of another shape."""
        return msgspec.convert(definition, self.shape)

    def problems(self, definition: Document, catalog: Catalog) -> list[Problem]:
        """All that is wrong with a definition, each with its path; empty when it can be saved."""
        try:
            read = self.read(definition)
        except msgspec.ValidationError as error:
            found, _, place = str(error).partition(" - at `$")
            return [problem(place.strip("`.") or "definition", "shape", found=found)]
        return self.check(read, catalog)

    def canonical(self, definition: D, catalog: Catalog) -> dict[str, Any]:
        """The form in which a faultless definition is saved: everything stated."""
        return msgspec.to_builtins(definition)

    @abstractmethod
    def check(self, definition: D, catalog: Catalog) -> list[Problem]:
        """All that is wrong with a definition of the right shape."""

    def features(self, definition: D) -> Sequence[str]:
        """The features it reads of each customer."""
        return ()

    def rules(self, definition: D) -> Mapping[str, Document]:
        """The rules in it, each by its place."""
        return {}

    def references(self, definition: D) -> set[Name]:
        """Kind and key of every tag, segment and audience that it refers to."""
        return named_in(msgspec.to_builtins(definition))

    @abstractmethod
    def values(self, definition: D) -> tuple[Value, ...]:
        """The values that are known before anything is computed; empty when they are learnt."""

    @abstractmethod
    def compute(self, definition: D, context: Context) -> Outcome:
        """The customers of each value."""

    def score_unit(self, definition: Document) -> str:
        """What the scores of each customer are: "share" or "currency"."""
        return "share"

    @abstractmethod
    def why(self, definition: D, value: Value, asked: Asked) -> Labels:
        """Why a customer has this value, in words."""


def feature_problems(catalog: Catalog, features: Mapping[str, str], type: str) -> list[Problem]:
    """Features that there are not, or that are of another type; `features` maps a path to a key."""
    found = []
    for path, key in features.items():
        if key not in catalog.features:
            found.append(problem(path, "unknown_feature", name=key))
        elif catalog.features[key].type != type:
            found.append(problem(path, "feature_type", name=key, type=type))
    return found
