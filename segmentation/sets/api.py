"""Members of a set over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from segmentation.sets.models import SetVersion
from segmentation.sets.pages import page, parse_cursor, version_at


class SetMembersView(APIView):
    """The customers of a set, page by page. All pages of one walk are of one version, whatever runs meanwhile."""

    query: dict[str, Any]

    class Query(serializers.Serializer):
        cursor = serializers.CharField(required=False, help_text="From `next` of the page before.")
        page_size = serializers.IntegerField(required=False, default=100, min_value=1, max_value=1000)

    class Output(serializers.Serializer):
        class Member(serializers.Serializer):
            id = serializers.IntegerField()
            external_id = serializers.CharField()

        version = serializers.IntegerField(source="version.number")
        as_of = serializers.DateTimeField(source="version.as_of")
        size = serializers.IntegerField(source="version.size")
        next = serializers.URLField(allow_null=True)
        results = Member(many=True, source="customers")

    @extend_schema(responses=Output)
    def get(self, request: Request, **keys: str) -> Response:
        newest = self.newest()
        cursor = parse_cursor(self.query["cursor"]) if "cursor" in self.query else None
        version = version_at(cursor, instead_of=newest) if cursor else newest
        found = page(version, after=cursor.after if cursor else -1, size=self.query["page_size"])
        url = request.build_absolute_uri()
        following = replace_query_param(url, "cursor", str(found.next)) if found.next else None
        return Response(self.Output({"version": version, "customers": found.customers, "next": following}).data)

    def newest(self) -> SetVersion:
        """The version that a new walk begins with."""
        raise NotImplementedError
