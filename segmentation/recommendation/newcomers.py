"""Lists for customers without purchases: from their traits, by the map that proved best, else what sells best."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from segmentation.lake.tables import CUSTOMERS as CUSTOMERS_TABLE
from segmentation.lake.tables import Source
from segmentation.recommendation.cold_start import Election, elect
from segmentation.recommendation.lists import KEPT, Row, table_of
from segmentation.recommendation.purchases import Shop
from segmentation.recommendation.ranking import best
from segmentation.sets.answers import engine

# A trait with more values than this, or one that fewer customers share, says nothing.
MOST_VALUES, FEWEST = 20, 20


@dataclass(frozen=True)
class TraitRows:
    """`matrix[i]` are the traits of customer `ids[i]`, each value of a trait a column of 0 and 1."""

    ids: NDArray[np.int64]
    names: list[str]
    matrix: NDArray[np.float32]


def trait_rows(source: Source, columns: Mapping[str, str], *, leaving_out: Collection[int] = ()) -> TraitRows:
    """The traits with few values, of all customers; `columns` maps a trait's name to its column."""
    there = {name: column for name, column in columns.items() if column in source.schemas[CUSTOMERS_TABLE].names}
    chosen = [exp.column(column, quoted=True) for column in there.values()]
    query = exp.select(exp.column("customer_id"), *chosen).from_(CUSTOMERS_TABLE).order_by("customer_id")
    rows = engine().query(query, source)
    if leaving_out:
        rows = rows.filter(~np.isin(rows["customer_id"].to_numpy(), list(leaving_out)))
    names, parts = [], []
    for name, column in there.items():
        values = rows[column].to_pandas().astype(object)
        counts = values.value_counts()
        if len(counts) <= MOST_VALUES:
            for value in sorted((v for v, n in counts.items() if n >= FEWEST), key=str):
                names.append(f"{name}: {value}")
                parts.append((values == value).to_numpy(np.float32))
    ids = rows["customer_id"].to_numpy().astype(np.int64)
    return TraitRows(ids, names, np.column_stack(parts) if parts else np.zeros((len(ids), 0), np.float32))


def newcomer_lists(
    shop: Shop, traits: TraitRows, products: NDArray[np.int64], *, seed: int
) -> tuple[pa.Table, dict[str, Any]]:
    """Rows like those of the others for everybody who bought nothing, and how the map was chosen."""
    known = np.asarray(np.isin(traits.ids, shop.customers))
    place = np.searchsorted(shop.customers, traits.ids[known])
    said = np.asarray(traits.matrix.any(axis=1))
    election: Election | None = None
    if said[known].sum() >= 5 * FEWEST and (said & ~known).any():
        told = said[known]
        election = elect(traits.matrix[known][told], shop.times[place[told]], seed=seed)
    popular = np.bincount(shop.times.indices, minlength=len(products)).astype(np.float32) / max(1, len(shop.customers))
    if election and election.figures["popularity"] >= election.figures[election.name]:
        # Traits tell nothing that is not true of everybody.
        figures, election = election.figures, None
    else:
        figures = election.figures if election else {}
    rows: list[Row] = []
    for row in np.flatnonzero(~known):
        scores = election.chosen.scores(traits.matrix[[row]])[0] if election and said[row] else popular
        first = best(scores[None], KEPT)[0]
        nothing: list[list[Any]] = [[] for _ in first]
        rows.append((int(traits.ids[row]), [], [], products[first].tolist(), scores[first].tolist(), nothing, nothing))
    report: dict[str, Any] = {"customers": len(rows), "map": election.name if election else "popularity"}
    if figures:
        report["ndcg"] = {name: round(value, 4) for name, value in figures.items()}
    return table_of(rows), report
