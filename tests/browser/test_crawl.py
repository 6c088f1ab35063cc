"""Every kind of page, found by following links from the overview: no error, no complaint, nothing from elsewhere."""

from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.urls import Resolver404, resolve

from tests.segmentation.corner_shop import computed, open_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Links that are not pages: files, and the API's own answers.
FILES = (
    "export_download",
    "rejects",
    "api-schema",
    "cluster_card",
    "history_download",
    "taxonomy_export",
    "list_refused",
    "register_file",
    "mfa_download_recovery_codes",
)


@pytest.fixture
def shop(settings, tmp_path):
    """A shop in which something of every kind was computed."""
    settings.LAKE_DIR, settings.EXPORT_DIR = tmp_path / "lake", tmp_path / "exports"
    open_shop()
    call_command("install_taxonomy", stdout=open("/dev/null", "w"))  # noqa: SIM115
    for key in ("lifecycle-stage", "rfm-group", "behaviour-cluster"):
        assert computed("tags.compute", key).error == ""
    assert computed("segments.compute", "new-customers").error == ""


def kind_of(path: str) -> str | None:
    """The name of the route; None for a link that is no page of ours."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        return None
    return None if name.endswith(FILES) else name


# The back office and the API's page are other people's, and made for large screens.
OTHERS = ("/admin/", "/api/")


@pytest.mark.parametrize(("width", "left_out"), [(1280, ()), (390, OTHERS)])
def test_every_kind_of_page_opens_and_fits_and_asks_no_other_host(visit, shop, width, left_out):
    visitor = visit(role="administrator", language="zh-hans", width=width)
    waiting, seen = ["/"], {kind_of("/")}
    wide = []
    while waiting:
        path = waiting.pop()
        visitor.open(path, until="load")
        if not path.startswith(OTHERS) and visitor.width_beyond_the_window() > 0:
            wide.append(path)
        for link in visitor.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            parts = urlsplit(link)
            name = kind_of(parts.path) if link.startswith(visitor.address) else None
            if name and name not in seen and not parts.path.startswith(left_out):
                seen.add(name)
                waiting.append(f"{parts.path}?{parts.query}")
    assert visitor.complaints == []
    assert wide == []
    assert {"customers:detail", "segmentation:tag_detail", "segmentation:cluster_detail", "imports:new"} <= seen
    assert "admin:segmentation_tag_change" in seen or left_out
