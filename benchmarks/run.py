"""Runs the benchmarks: one table on the screen, one JSON with all ratios in benchmarks/results/."""

import json
import os
import platform
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django

from benchmarks import leaves, loading, patterns, refreshing
from benchmarks.claims import Claim, table

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = ArgumentParser(description="Measures what the README claims; at most 1 is a promise kept.")
    parser.add_argument("--repeat", type=int, default=3, help="measurements per claim; the median counts")
    parser.add_argument(
        "--shop", type=Path, help="SEGTAG_VAR of a demo that is loaded already; loading is not measured"
    )
    parser.add_argument("--events", type=int, default=10_000_000, help="events of the made-up lake that rules run over")
    parser.add_argument("--lake", type=Path, help="folder that keeps made-up lakes, so that they are made once")
    parser.add_argument("--only", choices=("rules",), help="rules alone, without the demo's shop")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="segtag-bench-") as folder:
        lake = (options.lake or Path(folder)) / f"lake-{options.events}"
        claims = list(_shown(_rules(lake, options.repeat, options.events)))
        if options.only is None:
            claims += _claims(Path(folder), options.shop, options.repeat)
    print(table(claims))
    if os.getloadavg()[1] > (os.cpu_count() or 1) + 1:
        print(f"This machine was busy (load {os.getloadavg()[1]:.1f}): alone it would be faster.")
    print(_saved(claims))
    raise SystemExit(not all(claim.kept for claim in claims))


def _rules(lake: Path, repeat: int, events: int) -> Iterator[Claim]:
    yield from leaves.claims(lake, repeat, events)
    yield from refreshing.claims(lake, repeat, events)
    yield from patterns.claims(max(repeat, 5))


def _claims(folder: Path, shop: Path | None, repeat: int) -> Iterator[Claim]:
    if shop is None:
        yield from _shown(loading.claims(folder, repeat))
    _use(shop or folder / "shop")
    yield from _measured(folder, repeat)


def _use(shop: Path) -> None:
    """From here on, this process works on that shop."""
    os.environ |= {
        "SEGTAG_VAR": str(shop),
        "SEGTAG_DEMO": "1",
        "SEGTAG_LOG_LEVEL": "WARNING",
        "DATABASE_URL": f"sqlite:///{shop}/segtag.sqlite3",
        "DJANGO_SETTINGS_MODULE": "segtag_site.settings",
    }
    django.setup()


def _measured(folder: Path, repeat: int) -> Iterator[Claim]:
    from benchmarks import audiences, profiles  # noqa: PLC0415 (need Django set up on the shop)

    yield from _shown(profiles.claims(repeat))
    yield from _shown(audiences.claims(folder, repeat))


def _shown(claims: Iterator[Claim]) -> Iterator[Claim]:
    for claim in claims:
        print(f"{claim.name} …", flush=True)
        yield claim


def _saved(claims: list[Claim]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    machine = {
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    document = {"at": datetime.now(UTC).isoformat(), **machine, "claims": [claim.as_json() for claim in claims]}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
