"""Every text of code and templates is in the Chinese catalogue, translated, and compiled."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "segtag_site" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PACKAGES = ("segtag_site", "customers", "segmentation")
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXTUAL = {"pgettext", "pgettext_lazy"}
# What templatize makes of {% translate %} and {% blocktranslate %}.
IN_TEMPLATES = re.compile(
    r"""\b(?:gettext|_|ngettext)\(\s*u?((?:'(?:\\.|[^'\\])*')|(?:"(?:\\.|[^"\\])*"))""", re.DOTALL
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")


def texts_of_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        place = 1 if called in CONTEXTUAL else 0
        if called in SINGULAR | PLURAL | CONTEXTUAL and len(node.args) > place:
            argument = node.args[place]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def texts_of_template(path: Path) -> Iterator[str]:
    for found in IN_TEMPLATES.finditer(templatize(path.read_text(encoding="utf-8"))):
        yield ast.literal_eval(found[1])


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_every_text_is_in_the_catalogue(catalogue: polib.POFile):
    used = {
        text: path for package in PACKAGES for path in (ROOT / package).rglob("*.py") for text in texts_of_code(path)
    }
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    used |= {text: path for path in templates for text in texts_of_template(path)}
    known = {entry.msgid for entry in catalogue if not entry.obsolete}

    missing = [f"{path.relative_to(ROOT)}: {text!r}" for text, path in used.items() if text and text not in known]

    assert len(used) > 300
    assert missing == []


def test_every_text_is_translated(catalogue: polib.POFile):
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_translations_keep_the_places_of_values(catalogue: polib.POFile):
    def places(text: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(text))

    wrong = [
        entry.msgid
        for entry in catalogue.translated_entries()
        for translated in entry.msgstr_plural.values() or [entry.msgstr]
        if set(places(translated)) != set(places(entry.msgid_plural or entry.msgid))
    ]

    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_text(catalogue: polib.POFile):
    compiled = {(entry.msgctxt, entry.msgid): entry for entry in polib.mofile(str(CATALOGUE.with_suffix(".mo")))}
    live = {(entry.msgctxt, entry.msgid): entry for entry in catalogue.translated_entries()}

    assert compiled.keys() == live.keys()
    assert [
        name
        for name, entry in live.items()
        if (compiled[name].msgstr, compiled[name].msgstr_plural) != (entry.msgstr, entry.msgstr_plural)
    ] == []
