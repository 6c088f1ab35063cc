"""Claims: a condition costs no more than the SQL that one would write by hand, and far less on other databases.

From the parsed rule to the set as it is stored, over a made-up lake. Measured twice: asked for the first time, when
its columns have still to be read from the files; and when others have asked for these columns before. The SQL reads
files that the system has in memory, every time. Each answer is compared.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import exp, log
from pathlib import Path
from statistics import median

from pyroaring import BitMap

from benchmarks import chdb_engine, postgres
from benchmarks.by_hand import ByHand
from benchmarks.claims import Claim, at_least, at_most
from benchmarks.made_lake import AS_OF, made_lake
from benchmarks.questions import LEAVES, Leaf
from segmentation.engines.base import Limits
from segmentation.engines.duckdb import DuckDB
from segmentation.lake.tables import Source
from segmentation.rules.nodes import Rule

MEMORY, THREADS, COLUMNS = "2GB", 2, 2 << 30
# What each leaf may cost over SQL made for the purpose.
MOST = 1.5
# Other databases are slow enough to be asked no more often than this.
RIVAL_REPEATS = 3


@dataclass(frozen=True)
class Shop:
    """A made-up lake, and the limits under which it is asked."""

    folder: Path
    source: Source

    def engine(self) -> DuckDB:
        return DuckDB(Limits(self.folder, MEMORY, THREADS, COLUMNS))

    def members(self, engine: DuckDB, rule: Rule, as_of: datetime = AS_OF) -> BitMap:
        return engine.members(rule, as_of=as_of, source=self.source, references={})


def claims(folder: Path, repeat: int, events: int) -> Iterator[Claim]:
    """For each leaf the medians of `repeat` times, taken in turns; then those of other databases."""
    shop = Shop(folder, made_lake(folder, events))
    hand = ByHand(shop.source, memory=MEMORY, threads=THREADS, spill=folder / "spill")
    warm = shop.engine()
    for leaf in LEAVES:
        shop.members(warm, leaf.rule)
    first, again, by_hand = zip(*(_leaf(shop, warm, hand, leaf, max(repeat, 5)) for leaf in LEAVES), strict=True)
    size = f"{events / 1e6:g} M events"
    for name, ours in (("first asked", first), ("columns in memory", again)):
        ratios = [a / b for a, b in zip(ours, by_hand, strict=True)]
        for leaf, ratio in zip(LEAVES, ratios, strict=True):
            yield at_most(f"against SQL by hand, {name}: {leaf.name}", MOST, "times", [ratio])
        yield at_most(f"geometric mean against SQL by hand, {name}, {size}", 1, "times", [geometric_mean(ratios)])
    for rival, most, connected in (("PostgreSQL", 10, postgres.loaded), ("ClickHouse (chdb)", 2, chdb_engine.loaded)):
        with connected(shop.source, folder) as ask:
            if ask is None:
                print(f"{rival} is not installed here: not measured.")
                continue
            times = [_rival(ask, shop, warm, leaf) for leaf in LEAVES]
        for name, place in (("first asked", 1), ("columns in memory", 2)):
            ratios = [row[0] / row[place] for row in times]
            print(f"{rival}, {name}: " + ", ".join(f"{ratio:.1f}" for ratio in ratios))
            yield at_least(f"faster than {rival}, {name}, {size}", most, "times", [geometric_mean(ratios)])


def _leaf(shop: Shop, warm: DuckDB, hand: ByHand, leaf: Leaf, repeat: int) -> tuple[float, float, float]:
    """Seconds of the engine when the leaf is first asked, with its columns in memory, and of the SQL."""
    rule, times = leaf.rule, []
    for _ in range(repeat):
        fresh = shop.engine()
        fresh.facts(shop.source)
        warm.forget_answers()
        warm.facts(shop.source)
        answers = [
            seconds(partial(shop.members, fresh, rule)),
            seconds(lambda: shop.members(warm, rule)),
            seconds(lambda: hand.members(leaf)),
        ]
        found = [members for _, members in answers]
        assert found[0] == found[1] == found[2], f"{leaf.name}: {list(map(len, found))}"
        times.append([took for took, _ in answers])
    first, again, by_hand = (median(column) for column in zip(*times, strict=True))
    print(f"{leaf.name}: {first * 1e3:.1f} ms, {again * 1e3:.1f} ms, by hand {by_hand * 1e3:.1f} ms", flush=True)
    return first, again, by_hand


def _rival(ask: Callable[[Leaf], int], shop: Shop, warm: DuckDB, leaf: Leaf) -> tuple[float, float, float]:
    """Seconds of a database to count the customers, without handing them over; and of the engine, both ways."""
    rule, times = leaf.rule, []
    for _ in range(RIVAL_REPEATS):
        fresh = shop.engine()
        everybody = fresh.facts(shop.source)
        warm.forget_answers()
        warm.facts(shop.source)
        start = time.perf_counter()
        found = ask(leaf)
        theirs = time.perf_counter() - start
        first, _ = seconds(partial(shop.members, fresh, rule))
        again, members = seconds(lambda: shop.members(warm, rule))
        size = len(everybody - members if leaf.complement else members)
        assert found == size, f"{leaf.name}: {found}, not {size}"
        times.append((theirs, first, again))
    theirs, first, again = (median(column) for column in zip(*times, strict=True))
    print(f"{leaf.name}: {theirs * 1e3:.1f} ms against {first * 1e3:.1f} ms, {again * 1e3:.1f} ms", flush=True)
    return theirs, first, again


def seconds(work: Callable[[], BitMap]) -> tuple[float, BitMap]:
    """How long it takes to find a set and make it the bytes that are stored."""
    start = time.perf_counter()
    found = work()
    found.run_optimize()
    found.serialize()
    return time.perf_counter() - start, found


def geometric_mean(numbers: list[float]) -> float:
    return exp(sum(map(log, numbers)) / len(numbers))
