"""Folders, definitions as one document, and values given by hand, over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from customers.models import Customer
from customers.spelling import free_key
from segmentation.tags import giving, portable, services
from segmentation.tags.given_models import GivenValue
from segmentation.tags.models import Category, Tag

SHOWN = 1000


class CategoryShape(serializers.Serializer):
    """A folder."""

    key = serializers.CharField()
    parent = serializers.SerializerMethodField()  # type: ignore[assignment]
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    description = serializers.CharField()
    colour = serializers.CharField()
    editors = serializers.SerializerMethodField(help_text="Groups who alone edit what is in it.")

    def get_parent(self, category: Category) -> str | None:
        parent = Category.objects.get_parent(category)
        return parent.key if parent else None

    def get_editors(self, category: Category) -> list[str]:
        return sorted(group.name for group in category.editors.all())


class Described(serializers.Serializer):
    """What can be told of a folder."""

    parent: Any = serializers.SlugRelatedField("key", queryset=Category.objects.all(), allow_null=True, required=False)
    name_zh = serializers.CharField(max_length=100)
    name_en = serializers.CharField(max_length=100)
    description = serializers.CharField(required=False, allow_blank=True)
    colour = serializers.RegexField("^(#[0-9a-fA-F]{6})?$", required=False, allow_blank=True)


class CategoryList(APIView):
    """All folders in the order of the tree."""

    permission_required = {"GET": "segmentation.view_category", "POST": "segmentation.add_category"}

    class Input(Described):
        key = serializers.SlugField(max_length=60, required=False, help_text="Made of the name when it is missing.")

    @extend_schema(operation_id="categories_list", responses=CategoryShape(many=True))
    def get(self, request: Request) -> Response:
        rows = Category.objects.order_by("path").prefetch_related("editors")
        return Response(CategoryShape(rows, many=True).data)

    @extend_schema(request=Input, responses={HTTP_201_CREATED: CategoryShape})
    def post(self, request: Request) -> Response:
        """A folder at the end of its parent, or of the top level."""
        given = _checked(self.Input(data=request.data))
        key = given.pop("key", "") or free_key(Category, given["name_en"], given["name_zh"], otherwise="folder")
        made = services.create_category(key=key, by=request.user, **given)
        return Response(CategoryShape(made).data, status=HTTP_201_CREATED)


class CategoryDetail(APIView):
    """One folder."""

    permission_required = {"PATCH": "segmentation.change_category", "DELETE": "segmentation.delete_category"}

    class Input(Described):
        pass

    @extend_schema(request=Input, responses=CategoryShape)
    def patch(self, request: Request, key: str) -> Response:
        """Other names, or another place: with `parent` it moves there, null being the top level."""
        category = Category.objects.get(key=key)
        given = _checked(self.Input(data=request.data, partial=True))
        moves, parent = "parent" in given, given.pop("parent", None)
        if given:
            fields = ("name_zh", "name_en", "description", "colour")
            kept = {name: getattr(category, name) for name in fields}
            services.update_category(category=category, by=request.user, **(kept | given))
        if moves:
            services.move_category(category=category, parent=parent, by=request.user)
        return Response(CategoryShape(Category.objects.get(key=key)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, key: str) -> Response:
        """An empty folder goes. Refused while something is in it."""
        services.delete_category(category=Category.objects.get(key=key), by=request.user)
        return Response(status=204)


class TaxonomyDocument(APIView):
    """All definitions of folders and tags as one document."""

    permission_required = {"GET": "segmentation.view_tag", "POST": "segmentation.change_tag"}

    class Document(serializers.Serializer):
        format = serializers.CharField()
        version = serializers.IntegerField()
        categories = serializers.ListField(child=serializers.DictField())
        tags = serializers.ListField(child=serializers.DictField())

    class Input(serializers.Serializer):
        dry_run = serializers.BooleanField(default=True, help_text="Tells what would change, and changes nothing.")
        document = serializers.DictField()

    class Output(serializers.Serializer):
        kind = serializers.ChoiceField(["category", "tag"])
        key = serializers.CharField()
        action = serializers.ChoiceField(["new", "changed", "same", "refused"])
        fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
        reason = serializers.CharField()

    @extend_schema(responses=Document)
    def get(self, request: Request) -> Response:
        return Response(portable.exported())

    @extend_schema(request=Input, responses=Output(many=True))
    def post(self, request: Request) -> Response:
        """Takes a document in: tags as drafts or new versions, nothing goes live."""
        given = _checked(self.Input(data=request.data))
        self.check_rights(request)
        changes = portable.take_in(given["document"], dry_run=given["dry_run"], by=request.user)
        told = [
            {"kind": one.kind, "key": one.key, "action": one.action, "fields": one.fields, "reason": one.reason}
            for one in changes
        ]
        return Response(told)

    def check_rights(self, request: Request) -> None:
        """What is taken in may make and change folders and tags: all four rights are needed."""
        if not request.user.has_perms(portable.TAKES_IN):
            self.permission_denied(request)


class GivenShape(serializers.Serializer):
    """A person's word on one customer."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    value = serializers.CharField(allow_blank=True, help_text="Empty: to have none.")
    reason = serializers.CharField()
    by = serializers.CharField(source="by.username", allow_null=True, default=None)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)


class GivenValues(APIView):
    """Values that people gave to single customers, the newest first, ended ones too; at most a thousand."""

    permission_required = {"GET": "segmentation.view_tag", "POST": "segmentation.add_givenvalue"}

    class Input(serializers.Serializer):
        customer = serializers.IntegerField(min_value=1)
        value = serializers.CharField(allow_blank=True, max_length=100, help_text="Empty: to have none.")
        reason = serializers.CharField(max_length=500)
        until = serializers.DateTimeField(required=False, allow_null=True)

    @extend_schema(operation_id="tags_given_list", responses=GivenShape(many=True))
    def get(self, request: Request, key: str) -> Response:
        rows = Tag.objects.get(key=key).given_values.select_related("by")[:SHOWN]
        return Response(GivenShape(rows, many=True).data)

    @extend_schema(request=Input, responses={HTTP_201_CREATED: GivenShape})
    def post(self, request: Request, key: str) -> Response:
        """A value for one customer from the next run on, whatever is computed."""
        given = _checked(self.Input(data=request.data))
        customer = Customer.objects.get(pk=given.pop("customer"))
        made = giving.give_value(tag=Tag.objects.get(key=key), customer=customer, by=request.user, **given)
        return Response(GivenShape(made).data, status=HTTP_201_CREATED)


class GivenValueWithdraw(APIView):
    """Ends a given value now: what is computed counts again with the next run."""

    permission_required = {"POST": "segmentation.change_givenvalue"}

    @extend_schema(request=None, responses=GivenShape)
    def post(self, request: Request, key: str, id: int) -> Response:
        given = GivenValue.objects.select_related("tag", "by").get(pk=id, tag__key=key)
        giving.take_back(given=given, by=request.user)
        return Response(GivenShape(given).data)


def _checked(shape: serializers.Serializer) -> dict[str, Any]:
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)
