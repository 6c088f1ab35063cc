"""Tags over the API: what they are, how large their values, who has which, and why."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import Customer
from segmentation.sets.api import SetMembersView
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.pages import newest_version
from segmentation.tags import selectors
from segmentation.tags.models import Tag
from segmentation.tags.told import told_scores, told_tags


class TagShape(serializers.Serializer):
    """A tag."""

    key = serializers.CharField(source="tag.key")
    name = serializers.CharField(source="tag.name")
    description = serializers.CharField(source="tag.description")
    category = serializers.CharField(source="tag.category.key")
    kind = serializers.CharField(source="tag.kind")
    exclusive = serializers.BooleanField(source="tag.exclusive", help_text="A customer has at most one value.")
    status = serializers.ChoiceField(Tag.Status.choices, source="tag.status")
    covered = serializers.IntegerField(allow_null=True, help_text="Customers with a value; null before a run.")
    everybody = serializers.IntegerField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)


class TagList(APIView):
    """All tags, in the order of the taxonomy."""

    permission_required = "segmentation.view_tag"

    @extend_schema(operation_id="tags_list", responses=TagShape(many=True))
    def get(self, request: Request) -> Response:
        rows = [row for node in selectors.taxonomy() for row in node.tags]
        return Response(TagShape(rows, many=True).data)


class TagDetail(APIView):
    """One tag with its values, each with its size and what the last run changed."""

    permission_required = "segmentation.view_tag"

    class Output(TagShape):
        class Value(serializers.Serializer):
            key = serializers.CharField(source="value.key")
            name = serializers.CharField(source="value.name")
            size = serializers.IntegerField()
            share = serializers.FloatField(help_text="Of the customers with a value.")
            entered = serializers.IntegerField()
            left = serializers.IntegerField()

        values = Value(many=True)

    @extend_schema(responses=Output)
    def get(self, request: Request, key: str) -> Response:
        row = selectors.tag_row(Tag.objects.get(key=key))
        values = self.Output.Value(selectors.value_sizes(row.tag), many=True).data
        return Response({**TagShape(row).data, "values": values})


class TagValueMembers(SetMembersView):
    """The customers with a value of a tag."""

    permission_required = "segmentation.view_tag"

    def newest(self) -> SetVersion:
        return newest_version(NamedSet.Kind.TAG_VALUE, self.kwargs["key"], self.kwargs["value"])


class CustomerTags(APIView):
    """The tags of a customer with its values, and why it has them if that is asked for.

    Of a customer who was merged into another, that one's.
    """

    permission_required = "segmentation.view_tag"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        why = serializers.BooleanField(default=False, help_text="Tell the reason of each value; takes longer.")

    class Output(serializers.Serializer):
        class Value(serializers.Serializer):
            key = serializers.CharField()
            name = serializers.CharField()
            why = serializers.CharField(required=False)

        key = serializers.CharField()
        name = serializers.CharField()
        category = serializers.CharField()
        as_of = serializers.DateTimeField(allow_null=True)
        values = Value(many=True)

    @extend_schema(operation_id="customers_tags_list", responses=Output(many=True))
    def get(self, request: Request, id: int) -> Response:
        customer = Customer.objects.get(pk=id)
        known_as = customer.merged_into_id or customer.pk
        found = selectors.reasoned_tags(known_as) if self.query["why"] else told_tags(known_as)
        return Response(self.Output(found, many=True).data)


class CustomerScores(APIView):
    """What the newest runs of predicted, collaborative and propagated tags computed of a customer, as a number.

    Of a customer who was merged into another, that one's.
    """

    permission_required = "segmentation.view_tag"

    class Output(serializers.Serializer):
        key = serializers.CharField()
        name = serializers.CharField()
        kind = serializers.CharField()
        score = serializers.FloatField(help_text="A chance or share from 0 to 1, or an amount, as `unit` says.")
        unit = serializers.ChoiceField(["share", "currency"])
        as_of = serializers.DateTimeField()

    @extend_schema(operation_id="customers_scores_list", responses=Output(many=True))
    def get(self, request: Request, id: int) -> Response:
        customer = Customer.objects.get(pk=id)
        return Response(self.Output(told_scores(customer.merged_into_id or customer.pk), many=True).data)
