"""`make bench-ml`: every script of this folder; one table on the screen, one JSON in benchmarks/results/."""

import json
import os
import pkgutil
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module, metadata
from pathlib import Path

from benchmarks import ml
from benchmarks.ml.figure import Figure, table

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "duckdb")


def main() -> None:
    parser = ArgumentParser(description="Measures the algorithms beside published results.")
    parser.add_argument("lines", nargs="*", help="how the scripts' names begin, e.g. t2 t12_1; without any, all")
    shared = Path(os.environ.get("SEGTAG_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=shared, help="the folder of the public data sets (SEGTAG_DATA)")
    options = parser.parse_args()
    if not options.data.is_dir():
        parser.error(f"there is no folder {options.data}: name the public data sets' folder by --data or SEGTAG_DATA")
    figures = list(_measured(options.lines, options.data))
    if not figures:
        parser.error(f"no script begins so; there are {', '.join(scripts())}")
    print(table(figures))
    print(_saved(figures))
    raise SystemExit(not all(figure.kept for figure in figures))


def scripts() -> list[str]:
    """All scripts of this folder: the files whose names begin like a line."""
    return sorted(module.name for module in pkgutil.iter_modules(ml.__path__) if module.name.startswith("t"))


def _measured(lines: list[str], data: Path) -> Iterator[Figure]:
    for name in scripts():
        if not lines or any(name == line or name.startswith(f"{line}_") for line in lines):
            begun = time.perf_counter()
            yield from import_module(f"benchmarks.ml.{name}").figures(data)
            print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


def _saved(figures: list[Figure]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"ml-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    document = {
        "at": datetime.now(UTC).isoformat(),
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "figures": [figure.as_json() for figure in figures],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
