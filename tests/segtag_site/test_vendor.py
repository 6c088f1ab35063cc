"""The vendored front-end files are those that vendor.json says, with their licences."""

import hashlib
import json
import re

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "segtag_site" / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "vendor.json").read_text())["packages"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_every_vendored_file_has_the_hash_that_was_written_down(package):
    for name, file in package["files"].items():
        content = (VENDOR / package["folder"] / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"], name


def test_nothing_lies_there_that_is_not_written_down():
    known = {f"{package['folder']}/{name}" for package in PACKAGES for name in package["files"]} | {"vendor.json"}
    assert {str(p.relative_to(VENDOR)) for p in VENDOR.rglob("*") if p.is_file()} == known


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_every_package_brings_its_licence_text(package):
    assert package["licence"]
    assert (VENDOR / package["folder"] / "LICENSE").stat().st_size > 200


def test_no_vendored_style_or_script_names_a_source_map():
    files = [p for p in VENDOR.rglob("*.min.*") if p.suffix in {".js", ".css"}]
    assert files
    assert not [p for p in files if b"sourceMappingURL" in p.read_bytes()[-200:]]


def test_every_icon_that_a_template_asks_for_is_in_the_sprite():
    sprite = (VENDOR / "tabler-icons" / "3.51.0" / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    asked = {
        name
        for template in (settings.BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"|icon="([^"]+)"', template.read_text())
        for name in name
        if name
    }
    assert asked
    assert asked <= drawn
