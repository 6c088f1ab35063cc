"""What a reader of the README can rely on: nothing that one can set or add is missing there."""

import re
from pathlib import Path

import pytest

from customers import plugins
from segmentation import tasks
from segmentation.runs.handlers import kinds
from segmentation.runs.names import NAMES

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = [README, *sorted((ROOT / "docs").glob("*.md"))]
SETTINGS = sorted(
    set(re.findall(r'(?:env\.\w+|secret)\(\s*"([A-Z_]+)"', (ROOT / "segtag_site" / "settings.py").read_text("utf-8")))
)
DROP_INS = (
    "customers.ingest.sources",
    "customers.ingest.contents",
    "segmentation.rules.operators",
    "segmentation.rules.predicates",
    "segmentation.profiles.features",
    "segmentation.tags.kinds",
    "segmentation.segments.algorithms",
    "segmentation.prediction.goals",
    "segmentation.recommendation.algorithms",
    "segmentation.activation.destinations",
    "segmentation.measurement.metrics",
    "segmentation.privacy.stores",
)


@pytest.fixture(scope="module")
def documented() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in DOCS)


def test_settings_are_found_at_all():
    assert {"SEGTAG_DEMO", "SEGTAG_SECRET_KEY", "DATABASE_URL", "REDIS_URL"} <= set(SETTINGS)


def test_every_setting_is_documented(documented: str):
    assert [setting for setting in SETTINGS if f"`{setting}`" not in documented] == []


@pytest.mark.parametrize("package", DROP_INS)
def test_every_drop_in_key_is_documented(package: str, documented: str):
    assert [key for key in plugins.names(package) if f"`{key}`" not in documented] == []


def test_every_kind_of_run_has_a_name_for_people_and_is_documented(documented: str):
    assert tasks.execute_run
    assert [kind for kind in kinds() if not kind.startswith("tests.") and kind not in NAMES] == []
    assert [kind for kind in kinds() if not kind.startswith("tests.") and f"`{kind}`" not in documented] == []


def test_every_target_of_the_makefile_explains_itself():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split()

    assert re.findall(r"^([a-z-]+):.*## \w", makefile, re.MULTILINE) == phony


def test_every_file_that_the_readme_points_to_exists(documented: str):
    for path in DOCS:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} → {target}"
