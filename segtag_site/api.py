"""What every API view shares: permission, paging, the one error shape."""

from typing import TYPE_CHECKING

from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # it reads the settings, which name this module
    from rest_framework.views import APIView


class HasPermission(BasePermission):
    """Signed in, and holding the permission that the view names in `permission_required`."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return bool(request.user and request.user.is_authenticated and request.user.has_perm(view.permission_required))


class CursorPages(CursorPagination):
    """Pages that neither skip nor repeat a row while rows are added."""

    ordering = "id"
    page_size_query_param = "page_size"
    max_page_size = 1000
