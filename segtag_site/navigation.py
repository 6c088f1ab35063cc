"""The menu: one order everywhere, that of the flow."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One page of the menu, for those who hold `permission`."""

    label: Promise
    icon: str
    route: str
    permission: str = ""


@dataclass(frozen=True)
class Group:
    label: Promise | str
    entries: tuple[Entry, ...]


GROUPS = (
    Group("", (Entry(_("Overview"), "layout-dashboard", "dashboard"),)),
    Group(
        _("Data"),
        (
            Entry(_("Imports"), "database-import", "imports:list", "customers.view_importbatch"),
            Entry(_("Customers"), "users", "customers:list", "customers.view_customer"),
        ),
    ),
    Group(
        _("Insight"),
        (
            Entry(_("Tags"), "tags", "segmentation:tag_list", "segmentation.view_tag"),
            Entry(_("Clusters"), "chart-bubble", "segmentation:cluster_list", "segmentation.view_tag"),
            Entry(_("Segments"), "chart-pie", "segmentation:segment_list", "segmentation.view_segment"),
        ),
    ),
    Group(
        _("Action"),
        (Entry(_("Audiences"), "speakerphone", "segmentation:audience_list", "segmentation.view_audience"),),
    ),
    Group(
        _("System"),
        (
            Entry(_("Runs"), "activity", "segmentation:run_list", "segmentation.view_run"),
            Entry(_("API"), "api", "api-docs", "customers.view_customer"),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: the menu's entries that this user may open."""
    return {"menu": SimpleLazyObject(lambda: menu(request))}


def menu(request: HttpRequest) -> list[dict[str, object]]:
    """The groups that hold at least one entry for this user; the entry of the page itself is marked."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    groups = [
        {"label": group.label, "entries": [_shown(e, request.path) for e in group.entries if _open_to(e, user)]}
        for group in GROUPS
    ]
    return [group for group in groups if group["entries"]]


def _open_to(entry: Entry, user: object) -> bool:
    try:
        reverse(entry.route)
    except NoReverseMatch:
        return False
    return not entry.permission or user.has_perm(entry.permission)  # type: ignore[attr-defined]


def _shown(entry: Entry, path: str) -> dict[str, object]:
    url = reverse(entry.route)
    active = path == url if entry.route == "dashboard" else path.startswith(url)
    return {"label": entry.label, "icon": entry.icon, "url": url, "active": active}


def admin_sidebar(request: HttpRequest) -> list[dict[str, object]]:
    """The admin's sidebar for unfold."""
    return []
