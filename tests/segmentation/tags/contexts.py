"""What a kind may know, made up: features as columns, answers to rules as given."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pyroaring import BitMap

from segmentation.rules.catalog import NUMBER, TEXT, Catalog, Event, Field, Group, Labels
from segmentation.tags.kinds.base import Asked, Context, Counts, FeatureColumn, Frame, Items

AS_OF = datetime(2026, 3, 17, 1, tzinfo=UTC)
UNITS = {"monetary": "currency", "recency_days": "days", "frequency": "orders", "discount_share": "share"}
TEXTS = {"favourite_category"}
FEATURES = (*UNITS, *TEXTS)
CATALOG = Catalog(
    traits={"age": Field("age", NUMBER, "t_age", Labels("年龄", "Age"))},
    features={key: Field(key, TEXT if key in TEXTS else NUMBER, key, Labels(key, key)) for key in FEATURES},
    events={
        "Order Completed": Event(
            "Order Completed",
            item_properties={"category": Field("category", TEXT, "category", Labels("品类", "Category"))},
        )
    },
    tags={
        "rfm": Group("rfm", values={"important-value": Labels("重要价值客户", "Champions")}),
        "declared": Group("declared", Labels("申报", "Declared"), {"m": Labels("男", "Male")}),
        "guessed": Group("guessed", Labels("推测", "Guessed"), {"male": Labels(), "female": Labels()}),
    },
)


def column(key: str, values: Sequence[Any]) -> FeatureColumn:
    """A feature as the kinds get it."""
    text = key in TEXTS
    numbers = np.array(values, dtype=object if text else float)
    return FeatureColumn(key, TEXT if text else NUMBER, UNITS.get(key, ""), Labels(f"{key}（中）", key), numbers)


def items_of(rows: Sequence[tuple[int, str, int]]) -> Items:
    """Who bought how many of what."""
    texts = sorted({text for _, text, _ in rows})
    ids, counts = [who for who, _, _ in rows], [count for _, _, count in rows]
    values = [texts.index(text) for _, text, _ in rows]
    return Items(np.array(ids, np.uint32), np.array(values, np.int32), np.array(counts, np.int64), texts)


def counts_of(counts: Mapping[int, int]) -> Counts:
    """How often for whom."""
    return Counts(np.array(list(counts), np.uint32), np.array(list(counts.values()), np.int64))


def context(
    features: Mapping[str, Sequence[Any]] | None = None,
    *,
    ids: Sequence[int] | None = None,
    items: Sequence[tuple[int, str, int]] = (),
    answers: Mapping[str, Sequence[int]] | None = None,
    everybody: Sequence[int] = (),
    seed: int = 0,
    ends: Sequence[tuple[int, str]] = (),
    periods: Mapping[int, int] | None = None,
    tagged: Mapping[str, Mapping[str, Sequence[int]]] | None = None,
    **more: Any,
) -> Context:
    """`ids` are 1, 2, 3 … unless given; `items` are (customer, value, count); `answers` maps a rule (as JSON text) to
    its customers."""
    columns = {key: column(key, values) for key, values in (features or {}).items()}
    size = len(next(iter(columns.values())).values) if columns else 0
    rows = np.array(ids if ids is not None else range(1, size + 1), dtype=np.uint32)

    def answer(document: Mapping[str, Any]) -> BitMap:
        return BitMap((answers or {})[json.dumps(document["rule"])])

    return Context(
        as_of=AS_OF,
        seed=seed,
        everybody=BitMap(everybody or rows),
        answer=answer,
        items=lambda event, name, days: items_of(items),
        ends=lambda *what: items_of([(who, text, 1) for who, text in ends]),
        periods=lambda *what: counts_of(periods or {}),
        tagged=lambda key: {value: BitMap(members) for value, members in (tagged or {})[key].items()},
        features=lambda keys: Frame(rows, {key: columns[key] for key in keys}),
        **more,
    )


def asked(**features: Any) -> Asked:
    """One customer with these features."""
    return Asked(AS_OF, CATALOG, {k: (v, UNITS.get(k, ""), Labels(f"{k}（中）", k)) for k, v in features.items()})
