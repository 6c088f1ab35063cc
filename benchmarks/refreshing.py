"""Claims: many segments are refreshed together, only what changed is looked at, editing costs one condition.

200 different behavioural conditions, each against a query written by hand; 500 segments that refer to each other;
a hundredth of the customers doing something new; a tree of six conditions of which one is edited.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import numpy as np
from pyroaring import BitMap

from benchmarks.by_hand import ByHand
from benchmarks.claims import Claim, at_least, at_most
from benchmarks.leaves import MEMORY, THREADS, Shop, seconds
from benchmarks.made_lake import AS_OF, MONTHS, ORDER, VIEW, made_lake, month_after_first
from benchmarks.questions import COUNT, Leaf, bought, did, rule, select
from segmentation.engines.base import combine
from segmentation.engines.duckdb import DuckDB
from segmentation.lake.tables import EVENTS, ITEMS, Source
from segmentation.rules.nodes import Rule

DAYS = (30, 90, 180, 365, 0)
NESTED = 500
# Half of one, so that sums by hand, which are of floats, lie on the same side of a limit as exact ones.
CENT = 0.005


def leaves() -> Iterator[Leaf]:
    """200 conditions: eight measures over five windows, each with five limits."""
    for days, step in product(DAYS, range(1, 6)):
        for number, (condition, sql) in enumerate(_measures(days, step)):
            yield Leaf(f"{number} {days} {step}", condition, sql)


def _measures(days: int, step: int) -> list[tuple[dict[str, Any], str]]:
    web, grocery = {"channel": ("is", "web")}, {"category": ("is", "GROCERY")}
    return [
        (did(ORDER, days, COUNT, "at_least", step), select("events", ORDER, days, f"count(*) >= {step}")),
        (
            did(ORDER, days, {"sum": "total"}, "at_least", 100 * step + CENT),
            select("events", ORDER, days, f"sum(p_total) >= {100 * step + CENT}"),
        ),
        (
            did(ORDER, days, {"maximum": "total"}, "at_least", 60 * step),
            select("events", ORDER, days, f"max(p_total) >= {60 * step}"),
        ),
        (
            did(ORDER, days, COUNT, "at_least", step, **web),
            select("events", ORDER, days, f"count(*) >= {step}", "p_channel = 'web'"),
        ),
        (did(VIEW, days, COUNT, "at_least", 4 * step), select("events", VIEW, days, f"count(*) >= {4 * step}")),
        (
            did(VIEW, days, COUNT, "at_least", step, **web),
            select("events", VIEW, days, f"count(*) >= {step}", "p_channel = 'web'"),
        ),
        (
            bought(days, {"sum": "amount"}, "at_least", 20 * step + CENT, **grocery),
            select("items", ORDER, days, f"sum(p_amount) >= {20 * step + CENT}", "category = 'GROCERY'"),
        ),
        (
            bought(days, {"distinct": "sku"}, "at_least", 3 * step, **grocery),
            select("items", ORDER, days, f"count(DISTINCT sku) >= {3 * step}", "category = 'GROCERY'"),
        ),
    ]


def claims(folder: Path, repeat: int, events: int) -> Iterator[Claim]:
    """A refresh is taken three times, as it is long; the rest as often as is asked."""
    shop, asked = Shop(folder, made_lake(folder, events)), list(leaves())
    rules, often = [leaf.rule for leaf in asked], min(repeat, 3)
    hand = ByHand(shop.source, memory=MEMORY, threads=THREADS, spill=folder / "spill")
    by_hand, full = zip(*(_by_hand_and_full(shop, hand, asked) for _ in range(often)), strict=True)
    ratios = [hand_seconds / seconds for hand_seconds, seconds in zip(by_hand, full, strict=True)]
    print(f"200 segments: {median(full):.2f} s, by hand {median(by_hand):.2f} s", flush=True)
    yield at_least("refreshing 200 segments, against a query by hand each", 8, "times", ratios)
    yield from _touched(shop, rules, often, events)
    yield from _editing(shop, max(repeat, 5))
    yield from _nested(shop, rules, max(repeat, 5))
    yield at_most("algebra of a tree of 1 M customers", 1, "ms", [_algebra() for _ in range(max(repeat, 5))])


def _refresh(engine: DuckDB, rules: list[Rule], source: Source, later: timedelta = timedelta()) -> float:
    """Seconds until all sets are there to be stored."""

    def work() -> None:
        for one in rules:
            seconds(partial(engine.members, one, as_of=AS_OF + later, source=source, references={}))

    return _seconds(work)


def _by_hand_and_full(shop: Shop, hand: ByHand, asked: list[Leaf]) -> tuple[float, float]:
    """Seconds of all queries by hand; and of a new engine that reads its columns from the files."""
    engine, rules = shop.engine(), [leaf.rule for leaf in asked]
    engine.facts(shop.source)
    took = _refresh(engine, rules, shop.source)
    by_hand = _seconds(lambda: [seconds(partial(hand.members, leaf)) for leaf in asked])
    for leaf, one in list(zip(asked, rules, strict=True))[::17]:
        assert shop.members(engine, one) == hand.members(leaf), leaf.name
    return by_hand, took


def _touched(shop: Shop, rules: list[Rule], repeat: int, events: int) -> Iterator[Claim]:
    """A hundredth of the customers buys and looks around; and, apart from that, a day goes by."""
    touched, night, whole = [], [], []
    for number in range(repeat):
        engine = shop.engine()
        _refresh(engine, rules, shop.source)
        later = with_news(shop, events, number)
        engine.facts(later)
        touched.append(_refresh(engine, rules, later))
        night.append(_refresh(engine, rules, later, timedelta(days=1)))
        fresh = shop.engine()
        fresh.facts(later)
        whole.append(_refresh(fresh, rules, later))
        for one in rules[::17]:
            about: dict[str, Any] = {"as_of": AS_OF, "source": later, "references": {}}
            assert engine.members(one, **about) == fresh.members(one, **about)
    print(
        f"touched {median(touched):.2f} s, a day later {median(night):.2f} s, whole {median(whole):.2f} s", flush=True
    )
    shares = [100 * part / all for part, all in zip(touched, whole, strict=True)]
    yield at_most("refreshing 200 segments when 1 % of customers did something", 10, "% of a full one", shares)


def with_news(shop: Shop, events: int, number: int) -> Source:
    """The lake with files of one more order and view of each hundredth customer."""
    folder = shop.folder / f"news-{number}"
    source, month = shop.source, f"{month_after_first(MONTHS - 1):%Y-%m}"
    files = {}
    with duckdb.connect() as database:
        for table in (EVENTS, ITEMS):
            (folder / table).mkdir(parents=True, exist_ok=True)
            path = folder / table / f"{month}-news.parquet"
            rows = (
                f"SELECT * FROM read_parquet('{source.tables[table][MONTHS - 1]}') WHERE customer_id % 100 = {number}"
            )
            first = f"{rows} QUALIFY row_number() OVER (PARTITION BY customer_id, event ORDER BY time) = 1"
            moved = f"SELECT * REPLACE (event_id + 1000000000000 AS event_id) FROM ({first})"
            database.execute(f"COPY ({moved} ORDER BY event, customer_id, time) TO '{path}' (COMPRESSION zstd)")
            files[table] = str(path)
    tables = {**source.tables, **{table: (*source.tables[table], path) for table, path in files.items()}}
    months = {**source.months, **dict.fromkeys(files.values(), month)}
    return Source(source.version + 1 + number, tables, months, source.schemas)


def _editing(shop: Shop, repeat: int) -> Iterator[Claim]:
    """The limit of one condition of six is changed, the others were asked before."""
    engine = shop.engine()
    parts = [condition for condition, _ in _measures(180, 2)][:6]
    shop.members(engine, rule({"all": parts}))
    times = []
    for place, step in product(range(6), range(3, 3 + repeat)):
        edited = list(parts)
        edited[place] = {**parts[place], "value": parts[place]["value"] + step}
        times.append(_seconds(partial(_asked, shop, engine, {"all": edited})) * 1e3)
    yield at_most("editing one condition of six", 30, "ms", times)


def _asked(shop: Shop, engine: DuckDB, document: dict[str, Any]) -> int:
    return len(shop.members(engine, rule(document)))


def _nested(shop: Shop, rules: list[Rule], repeat: int) -> Iterator[Claim]:
    """Each segment asks a condition of its own and two segments before it; then nothing changed."""
    engine, asked = shop.engine(), list(leaves())
    documents = [
        {"all": [asked[number % len(asked)].condition, *_before(number)]} if number else asked[0].condition
        for number in range(NESTED)
    ]

    def refresh() -> None:
        sets: dict[tuple[str, str, str], BitMap] = {}
        for number, document in enumerate(documents):
            found = engine.members(rule(document), as_of=AS_OF, source=shop.source, references=sets)
            sets["segment", f"segment-{number}", ""] = found

    refresh()
    yield at_most(f"{NESTED} nested segments, nothing changed", 2, "s", [_seconds(refresh) for _ in range(repeat)])


def _before(number: int) -> list[dict[str, Any]]:
    return [{"any": [{"segment": f"segment-{number // 2}"}, {"not": {"segment": f"segment-{number - 1}"}}]}]


def _algebra() -> float:
    """Milliseconds of ((a and b) or not c) over sets of a million customers."""
    size = 1_000_000
    a, b, c = (
        BitMap(np.flatnonzero(np.random.default_rng(seed).random(size) < share))
        for seed, share in enumerate((0.5, 0.3, 0.9))
    )
    document = {
        "any": [{"all": [{"segment": "segment-0"}, {"segment": "segment-1"}]}, {"not": {"segment": "segment-2"}}]
    }
    parsed, base = rule(document), BitMap(range(size))
    sets = {"a": a, "b": b, "c": c}
    return _seconds(lambda: combine(parsed, sets, base)) * 1e3


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
