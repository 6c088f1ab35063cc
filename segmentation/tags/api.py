"""Tags over the API: what they are, how large their values, who has which, and why."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from customers.models import Customer
from customers.spelling import free_key
from segmentation.sets.api import SetMembersView
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.sets.pages import newest_version
from segmentation.tags import selectors, services
from segmentation.tags.models import Category, Tag
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


class Described(serializers.Serializer):
    """What may be changed of a tag without a new version."""

    category = serializers.SlugRelatedField("key", queryset=Category.objects.all())
    name_zh = serializers.CharField(max_length=100)
    name_en = serializers.CharField(max_length=100)
    description_zh = serializers.CharField(required=False, allow_blank=True)
    description_en = serializers.CharField(required=False, allow_blank=True)
    schedule = serializers.ChoiceField(Tag.Schedule.choices, required=False)
    when_empty = serializers.ChoiceField(Tag.WhenEmpty.choices, required=False)


def _checked(shape: serializers.Serializer) -> dict[str, Any]:
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)


class TagList(APIView):
    """All tags, in the order of the taxonomy."""

    permission_required = {"GET": "segmentation.view_tag", "POST": "segmentation.add_tag"}

    class Input(Described):
        key = serializers.SlugField(max_length=60, required=False, help_text="Made of the name when it is missing.")
        kind = serializers.CharField(max_length=20)
        exclusive = serializers.BooleanField(default=True)
        definition = serializers.DictField(help_text="As the kind reads it: see docs/tags.md.")

    @extend_schema(operation_id="tags_list", responses=TagShape(many=True))
    def get(self, request: Request) -> Response:
        rows = [row for node in selectors.taxonomy() for row in node.tags]
        return Response(TagShape(rows, many=True).data)

    @extend_schema(request=Input, responses={HTTP_201_CREATED: TagShape})
    def post(self, request: Request) -> Response:
        """A draft with its first version; it goes live by a review."""
        given = _checked(self.Input(data=request.data))
        key = given.pop("key", "") or free_key(Tag, given["name_en"], given["name_zh"], otherwise="tag")
        tag = services.create_tag(key=key, by=request.user, **given)
        return Response(TagShape(selectors.tag_row(tag)).data, status=HTTP_201_CREATED)


class TagDetail(APIView):
    """One tag with its values, each with its size and what the last run changed."""

    permission_required = {"GET": "segmentation.view_tag", "PATCH": "segmentation.change_tag"}

    class Input(Described):
        definition = serializers.DictField(required=False, help_text="Makes the next version; the live one stays.")
        note = serializers.CharField(required=False, allow_blank=True, max_length=1000)

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

    @extend_schema(request=Input, responses=TagShape)
    def patch(self, request: Request, key: str) -> Response:
        """Another name, folder or schedule at once; another definition as the next version."""
        tag = Tag.objects.select_related("category").get(key=key)
        given = _checked(self.Input(data=request.data, partial=True))
        definition, note = given.pop("definition", None), given.pop("note", "")
        with transaction.atomic():
            if given:
                services.update_tag(tag=tag, by=request.user, **given)
            if definition is not None:
                services.new_version(tag=tag, definition=definition, by=request.user, note=note)
        return Response(TagShape(selectors.tag_row(tag)).data)


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
