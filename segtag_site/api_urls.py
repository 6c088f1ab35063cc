"""Routes of the API: version 1, its OpenAPI document, and the page that shows it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.utils.translation import override
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


class OpenApiDocument(SpectacularAPIView):
    """In English, whatever language its reader chose: it is told by the code, and read by programs."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with override("en"):
            return super().get(request, *args, **kwargs)


DOCS = SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html")

urlpatterns = [
    path("v1/", include("customers.api_urls")),
    path("v1/", include("segmentation.api_urls")),
    path("schema/", OpenApiDocument.as_view(), name="api-schema"),
    path("docs/", login_required(DOCS), name="api-docs"),
]
