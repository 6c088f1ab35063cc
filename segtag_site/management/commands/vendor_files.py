"""`manage.py vendor_files NODE_MODULES`: copy the front-end files that vendor.json lists out of an npm folder."""

import hashlib
import json
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

VENDOR = settings.BASE_DIR / "segtag_site" / "static" / "vendor"
# Maps are not shipped, and a storage with hashed names refuses a reference to a missing file.
SOURCE_MAP = re.compile(rb"\s*(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*$")


class Command(BaseCommand):
    help = "Copies the front-end files listed in static/vendor/vendor.json from a node_modules folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("node_modules", type=Path)

    def handle(self, *args: Any, node_modules: Path, **options: Any) -> None:
        book = VENDOR / "vendor.json"
        vendored = json.loads(book.read_text())
        for package in vendored["packages"]:
            self.copy(package, node_modules / package["name"])
        book.write_text(json.dumps(vendored, indent=2, ensure_ascii=False) + "\n")

    def copy(self, package: dict[str, Any], source: Path) -> None:
        """Copies one package's files and writes their hashes into its entry."""
        found = json.loads((source / "package.json").read_text())["version"]
        if found != package["version"]:
            raise CommandError(f"{package['name']} is {found} there, vendor.json says {package['version']}")
        for name, file in package["files"].items():
            target = VENDOR / package["folder"] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if "icons" in package and name == "icons.svg":
                target.write_text(sprite(source / file["from"], package["icons"]))
            elif file["from"]:
                target.write_bytes(SOURCE_MAP.sub(b"\n", (source / file["from"]).read_bytes()))
            file["sha256"] = hashlib.sha256(target.read_bytes()).hexdigest()


def sprite(folder: Path, names: list[str]) -> str:
    """One SVG file with a <symbol> per icon; pages draw one with <use href="…#name">."""
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbol(folder, name) for name in names)}</svg>\n'


def symbol(folder: Path, name: str) -> str:
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", (folder / f"{name}.svg").read_text(), re.DOTALL)
    if drawing is None:
        raise CommandError(f"{name}.svg holds no drawing")
    shapes = " ".join(re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", drawing[1]).split())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>\n'
