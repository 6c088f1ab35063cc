"""Templates and our own scripts: they compile, run nothing inline, and fetch nothing from other hosts."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "segtag_site" / "static" / "segtag").rglob("*.js"))
STYLES = sorted((ROOT / "segtag_site" / "static" / "segtag").rglob("*.css"))
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
FETCHED = re.compile(
    r"""(?:\bsrc|<link[^>]+\bhref|hx-(?:get|post))\s*=\s*["'](?:https?:)?//|url\(["']?(?:https?:)?//"""
)
OUTSIDE = re.compile(r"""["'`](?:https?:)?//(?!www\.w3\.org/)[a-z]""")
COMMENT = re.compile(r"{% comment[^%]*%}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
EVALUATES = re.compile(r"\beval\(|new Function\(|innerHTML\s*=|document\.write\(")


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Every place where the pattern occurs, as file:line."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(without_comments(path.read_text(encoding="utf-8")).splitlines(), start=1)
        if pattern.search(line)
    ]


def without_comments(text: str) -> str:
    """The text with as many lines as before."""
    return COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)


def test_there_are_templates_and_scripts_to_look_at():
    assert TEMPLATES
    assert SCRIPTS
    assert STYLES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_template_compiles(path: Path):
    compiled = get_template(str(path.relative_to(ROOT / "templates")))
    assert Path(str(compiled.origin)) == path


def test_no_template_runs_or_styles_inline():
    assert found(INLINE, TEMPLATES) == []


def test_nothing_is_fetched_from_another_host():
    assert found(FETCHED, TEMPLATES + STYLES) == []
    assert found(OUTSIDE, SCRIPTS) == []


def test_no_script_makes_code_or_markup_out_of_text():
    assert found(EVALUATES, SCRIPTS) == []
