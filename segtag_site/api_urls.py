"""Routes of the API: version 1, its OpenAPI document, and the page that shows it."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

DOCS = SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html")

urlpatterns = [
    path("v1/", include("customers.api_urls")),
    path("v1/", include("segmentation.api_urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", login_required(DOCS), name="api-docs"),
]
