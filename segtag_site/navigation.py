"""The menu: one order everywhere, that of the flow."""

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: the menu's entries that this user may open."""
    return {"menu": []}


def admin_sidebar(request: HttpRequest) -> list[dict[str, object]]:
    """The admin's sidebar for unfold."""
    return []
