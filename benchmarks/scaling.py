"""Ten, fifty, two hundred million events: what conditions cost as the lake grows, and the memory of who asks.

    python -m benchmarks.scaling [--lake FOLDER] [--sizes 10 50 200]

For each size a process of its own, limited to 6 GB, asks each condition of `questions` for the first time, from the
parsed rule to the set as it is stored. A lake of 200 million events takes 5 GB; `--lake` keeps what is made.
"""

import json
import resource
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.claims import Claim, at_most, table
from benchmarks.leaves import Shop, seconds
from benchmarks.made_lake import made_lake
from benchmarks.processes import ROOT
from benchmarks.questions import LEAVES

SIZES, REPEAT = (10, 50, 200), 3
MILLION = 1_000_000
MOST_MEMORY = 6 << 30


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--lake", type=Path, help="folder that keeps made-up lakes, so that they are made once")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="millions of events")
    parser.add_argument("--ask", type=Path, help="the lake that this process is to ask; used by the others")
    options = parser.parse_args()
    if options.ask:
        print(json.dumps(_asked(options.ask, options.sizes[0])))
        return
    with TemporaryDirectory(prefix="segtag-bench-") as folder:
        claims = list(_claims(options.lake or Path(folder), options.sizes))
    print(table(claims))
    raise SystemExit(not all(claim.kept for claim in claims))


def _claims(folder: Path, sizes: Sequence[int]) -> Iterator[Claim]:
    took: dict[int, list[float]] = {}
    for size in sizes:
        place = folder / f"lake-{size * MILLION}"
        made_lake(place, size * MILLION)
        arguments = [sys.executable, "-m", "benchmarks.scaling", "--ask", str(place), "--sizes", str(size)]
        said = json.loads(subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        took[size] = said["seconds"]
        print(
            f"{size} M events: {sum(took[size]):.2f} s for {len(LEAVES)} conditions, {said['peak']:,.0f} MB", flush=True
        )
        yield at_most(f"peak memory of asking {size} M events", 6000, "MB", [said["peak"]])
    for small, large in pairwise(sizes):
        growth = sum(took[large]) / sum(took[small])
        yield at_most(f"cost of {large} M events over {small} M, per event", 1, "times", [growth * small / large])


def _asked(place: Path, size: int) -> dict[str, object]:
    """Seconds of each condition when it is first asked, and the peak of memory in MB."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    shop = Shop(place, made_lake(place, size * MILLION))
    times = []
    for leaf in LEAVES:
        took = []
        for _ in range(REPEAT):
            engine = shop.engine()
            engine.facts(shop.source)
            took.append(seconds(partial(shop.members, engine, leaf.rule))[0])
        times.append(median(took))
    return {"seconds": times, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}


if __name__ == "__main__":
    main()
