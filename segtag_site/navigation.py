"""The menu: one order everywhere, that of the flow."""

from dataclasses import dataclass

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.text import capfirst
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
            Entry(_("Intake"), "heartbeat", "intake:overview", "customers.view_source"),
            Entry(_("Imports"), "database-import", "imports:list", "customers.view_importbatch"),
            Entry(_("Customers"), "users", "customers:list", "customers.view_customer"),
        ),
    ),
    Group(
        _("Insight"),
        (
            Entry(_("Tags"), "tags", "segmentation:tag_list", "segmentation.view_tag"),
            Entry(_("Clusters"), "chart-bubble", "segmentation:cluster_list", "segmentation.view_tag"),
            Entry(_("Products"), "package", "segmentation:product_list", "customers.view_product"),
            Entry(_("Segments"), "chart-pie", "segmentation:segment_list", "segmentation.view_segment"),
            Entry(_("Tag health"), "gauge", "segmentation:health", "segmentation.view_tag"),
            Entry(_("Reviews"), "checks", "segmentation:review_list", "segmentation.view_tag"),
        ),
    ),
    Group(
        _("Action"),
        (
            Entry(_("Playbooks"), "bulb", "segmentation:playbook_list", "segmentation.view_audience"),
            Entry(_("Audiences"), "speakerphone", "segmentation:audience_list", "segmentation.view_audience"),
            Entry(_("Deliveries"), "send", "segmentation:delivery_list", "segmentation.view_deliveryplan"),
            Entry(_("Contact rules"), "hand-stop", "segmentation:contact_rules", "segmentation.view_suppression"),
            Entry(_("Results"), "chart-line", "segmentation:result_list", "segmentation.view_measurement"),
        ),
    ),
    Group(
        _("System"),
        (
            Entry(_("Runs"), "activity", "segmentation:run_list", "segmentation.view_run"),
            Entry(_("Privacy"), "shield-lock", "segmentation:erasure_list", "customers.view_erasure"),
            Entry(_("Recycle bin"), "trash", "segmentation:bin_list", "segmentation.delete_segment"),
            Entry(_("Webhooks"), "send", "segmentation:webhook_list", "segmentation.view_webhookendpoint"),
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
    groups: list[dict[str, object]] = [
        {"label": group.label, "entries": [_shown(e, request.path) for e in group.entries if _open_to(e, user)]}
        for group in GROUPS
    ]
    return [group for group in groups if group["entries"]]


def _open_to(entry: Entry, user: object) -> bool:
    return not entry.permission or user.has_perm(entry.permission)  # type: ignore[attr-defined]


def _shown(entry: Entry, path: str) -> dict[str, object]:
    url = reverse(entry.route)
    active = path == url if entry.route == "dashboard" else path.startswith(url)
    return {"label": entry.label, "icon": entry.icon, "url": url, "active": active}


# The back office's models, in the same order, each with a symbol of the theme's own font.
ADMIN_GROUPS: tuple[tuple[Promise, dict[str, str]], ...] = (
    (
        _("Data"),
        {
            "customers.source": "sensors",
            "customers.quarantinedmessage": "report",
            "customers.importbatch": "upload_file",
            "customers.importreject": "rule",
            "customers.customer": "group",
            "customers.identity": "fingerprint",
            "customers.identitylink": "link",
            "customers.mergelog": "merge",
            "customers.personalrecord": "badge",
            "customers.consent": "verified_user",
            "customers.event": "bolt",
            "customers.product": "inventory_2",
            "customers.eventtype": "category",
            "customers.property": "data_object",
            "customers.trait": "person_search",
        },
    ),
    (
        _("Insight"),
        {
            "segmentation.category": "account_tree",
            "segmentation.tag": "sell",
            "segmentation.tagversion": "history",
            "segmentation.tagvalue": "label",
            "segmentation.recommendationplan": "recommend",
            "segmentation.segment": "pie_chart",
            "segmentation.segmentversion": "history",
        },
    ),
    (
        _("Action"),
        {
            "segmentation.audience": "campaign",
            "segmentation.audienceversion": "ac_unit",
            "segmentation.suppression": "do_not_disturb_on",
            "segmentation.export": "download",
            "segmentation.measurement": "monitoring",
            "segmentation.look": "visibility",
        },
    ),
    (
        _("System"),
        {
            "segmentation.run": "play_circle",
            "segmentation.namedset": "join_inner",
            "segmentation.setversion": "history",
            "segmentation.lakesnapshot": "water",
            "customers.apikey": "key",
            "auth.user": "person",
            "auth.group": "groups",
            "customers.accesslog": "policy",
        },
    ),
)


def admin_sidebar(request: HttpRequest) -> list[dict[str, object]]:
    """The admin's sidebar for unfold: the way back to the pages, then what this user may see."""
    back = {"title": _("Back to the pages"), "icon": "arrow_back", "link": reverse("dashboard"), "active": False}
    home = {"title": _("Back office"), "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, object]] = [{"items": [back, home]}]
    for label, models in ADMIN_GROUPS:
        items = [_admin_item(name, icon) for name, icon in models.items() if _administrable(name, request)]
        groups += [{"title": label, "separator": True, "items": items}] if items else []
    return groups


def _administrable(name: str, request: HttpRequest) -> bool:
    registered = admin.site._registry.get(apps.get_model(name))
    return registered is not None and registered.has_view_permission(request)


def _admin_item(name: str, icon: str) -> dict[str, object]:
    title = capfirst(apps.get_model(name)._meta.verbose_name_plural)
    return {"title": title, "icon": icon, "link": reverse(f"admin:{name.replace('.', '_')}_changelist")}
