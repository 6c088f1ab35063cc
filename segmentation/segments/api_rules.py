"""Rules over the API: checked, answered, and what they can be built from. The builder page asks here too."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.consent import purposes
from customers.models import Customer
from segmentation.lake.versions import current_source
from segmentation.rules.describe import describe
from segmentation.rules.outline import outline
from segmentation.rules.parse import canonical
from segmentation.rules.schema import json_schema
from segmentation.segments.offer import offer
from segmentation.segments.suggestions import place_of, values_of
from segmentation.segments.turns import newest
from segmentation.sets import answers
from segmentation.sets.breakdown import Part
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.estimates import estimate
from segmentation.sets.explaining import explained, is_personal

# Any JSON object; what a rule may hold is told by /rules/schema.
ANY_OBJECT = {"type": "object", "additionalProperties": True}
RULE = {"application/json": ANY_OBJECT}
MOST_MEMBERS = 1000
# A preview whose customers are only estimated yet.
NOT_COUNTED: dict[str, Any] = {
    "count": None,
    "base_count": None,
    "leaves": {},
    "sample": [],
    "words": "",
    "outline": [],
    "breakdown": [],
}


class Share(serializers.Serializer):
    """A value of a tag among the customers of a rule."""

    tag = serializers.CharField()
    value = serializers.CharField()
    name = serializers.CharField()
    customers = serializers.IntegerField()
    share = serializers.FloatField(help_text="Of the customers that the rule means.")
    share_of_base = serializers.FloatField(help_text="The same of the base population.")


class RuleSchema(APIView):
    """The JSON Schema of rules."""

    permission_required = "segmentation.view_segment"

    @extend_schema(responses={200: ANY_OBJECT})
    def get(self, request: Request) -> Response:
        return Response(json_schema())


class RuleCheck(APIView):
    """Whether a rule can run. Every problem is told with its place, as 400."""

    permission_required = "segmentation.view_segment"

    class Output(serializers.Serializer):
        rule = serializers.JSONField(help_text="The rule as it is saved, everything stated.")
        words = serializers.CharField(help_text="The rule in the language of the request.")

    @extend_schema(request=RULE, responses=Output)
    def post(self, request: Request) -> Response:
        document: Any = request.data
        rule = answers.check(document)
        told = describe(rule, rule_catalog(), get_language() or "en", timezone.now())
        return Response(self.Output({"rule": canonical(rule), "words": told.sentence}).data)


class RulePreview(APIView):
    """How many customers a rule means, of how many; how many each condition alone; a few of them, and their tags."""

    permission_required = "segmentation.view_segment"
    throttle_scope = "preview"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        as_of = serializers.DateTimeField(required=False, help_text="The moment asked about; now.")
        tags = serializers.CharField(
            required=False, max_length=1000, help_text="Keys of tags, joined by commas, to break the customers down by."
        )
        asker = serializers.CharField(required=False, max_length=64, help_text="Any name for who asks again and again.")
        turn = serializers.IntegerField(
            required=False,
            min_value=1,
            max_value=10**9,
            help_text="The number of the asker's question: earlier ones that are not answered yet are given up (409).",
        )
        quick = serializers.BooleanField(
            required=False,
            default=False,
            help_text="Where counting would take over 2 s, an estimate; `count` and all that needs it are then null.",
        )

    class Output(serializers.Serializer):
        class Sampled(serializers.Serializer):
            id = serializers.IntegerField()
            external_id = serializers.CharField()

        class Estimated(serializers.Serializer):
            count = serializers.IntegerField(help_text="About how many.")
            low = serializers.IntegerField()
            high = serializers.IntegerField()
            level = serializers.FloatField(help_text="How sure it is that the count lies between the two: 0.95.")
            sample = serializers.IntegerField(help_text="How many customers were looked at.")

        as_of = serializers.DateTimeField()
        count = serializers.IntegerField(allow_null=True)
        estimate = Estimated(allow_null=True, help_text="Only if `quick` was asked and counting takes long.")
        base_count = serializers.IntegerField(allow_null=True)
        leaves = serializers.DictField(
            child=serializers.IntegerField(),
            help_text="By the path of each condition: how many customers of the base fit it alone.",
        )
        sample = Sampled(many=True)

        class Told(serializers.Serializer):
            depth = serializers.IntegerField()
            text = serializers.CharField()

        words = serializers.CharField(help_text="The rule in one sentence, in the language of the request.")
        outline = Told(many=True, help_text="The same as lines, a condition each, as deep as their groups.")
        breakdown = Share(many=True, help_text="Each value of the tags asked for.")

    @extend_schema(request=RULE, responses=Output)
    def post(self, request: Request) -> Response:
        as_of = self.query.get("as_of") or timezone.now()
        document: Any = request.data
        tags = set(filter(None, self.query.get("tags", "").split(",")))
        asker = f"{request.user.pk}:{self.query.get('asker', '')}"
        go_on = newest(asker, self.query["turn"]) if "turn" in self.query else lambda: None
        about = estimate(document, as_of=as_of) if self.query["quick"] else None
        if about is not None:
            return Response(self.Output({**NOT_COUNTED, "as_of": as_of, "estimate": about}).data)
        found = answers.preview(document, as_of=as_of, tags=tags, go_on=go_on)
        tongue = "zh" if (get_language() or "").startswith("zh") else "en"
        shown = {
            "as_of": as_of,
            "count": found.count,
            "estimate": None,
            "base_count": found.base_count,
            "leaves": found.funnel,
            "sample": Customer.objects.filter(pk__in=found.sample).order_by("pk"),
            "words": found.words[tongue].sentence,
            "outline": outline(found.words[tongue], tongue),
            "breakdown": [_share(part, tongue) for part in found.breakdown],
        }
        return Response(self.Output(shown).data)


def _share(part: Part, tongue: str) -> dict[str, Any]:
    label = getattr(part.named_set, f"value_label_{tongue}") or part.named_set.value
    return {
        "tag": part.named_set.key,
        "value": part.named_set.value,
        "name": label,
        "customers": part.customers,
        "share": part.share,
        "share_of_base": part.share_of_all,
    }


class RuleCatalog(APIView):
    """What rules can be built from: fields, events, tags, operators, measures, windows; in the request's language."""

    permission_required = "segmentation.view_segment"

    @extend_schema(responses={200: ANY_OBJECT})
    def get(self, request: Request) -> Response:
        return Response(offer(rule_catalog(), purposes(), get_language() or "en"))


class RuleValues(APIView):
    """Values that a field has in the data, the most frequent first.

    Of a trait, a feature, or a property of an event (`event`) or of the items in it (`items_of`). Of personal fields
    none is told.
    """

    permission_required = "segmentation.view_segment"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        trait = serializers.CharField(required=False)
        feature = serializers.CharField(required=False)
        event = serializers.CharField(required=False)
        items_of = serializers.CharField(required=False)
        property = serializers.CharField(required=False)
        q = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text="A part of the value.")

    class Output(serializers.Serializer):
        values = serializers.ListField(child=serializers.CharField())

    @extend_schema(responses=Output)
    def get(self, request: Request) -> Response:
        asked = dict(self.query)
        part = asked.pop("q", "")
        place = place_of(rule_catalog(), asked)
        return Response({"values": [] if is_personal(asked) else values_of(place, current_source(), part)})


class RuleMembers(APIView):
    """The customers that a rule means, in the order of their numbers; page on with `after`."""

    permission_required = "segmentation.view_segment"
    throttle_scope = "preview"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        as_of = serializers.DateTimeField(required=False, help_text="The moment asked about; now.")
        after = serializers.IntegerField(required=False, min_value=0, help_text="`next` of the page before.")
        limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_MEMBERS, default=MOST_MEMBERS)

    class Output(serializers.Serializer):
        as_of = serializers.DateTimeField(help_text="Ask the further pages about this moment.")
        count = serializers.IntegerField(help_text="How many there are in all.")
        members = serializers.ListField(child=serializers.CharField(), help_text="External ids.")
        next = serializers.IntegerField(allow_null=True)

    @extend_schema(request=RULE, responses=Output)
    def post(self, request: Request) -> Response:
        as_of = self.query.get("as_of") or timezone.now()
        document: Any = request.data
        found = answers.answer(document, as_of=as_of)
        start = found.rank(self.query["after"]) if "after" in self.query else 0
        ids = list(found[start : start + self.query["limit"]])
        members = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "external_id"))
        shown = {
            "as_of": as_of,
            "count": len(found),
            "members": [members[id] for id in ids if id in members],
            "next": ids[-1] if start + len(ids) < len(found) else None,
        }
        return Response(self.Output(shown).data)


class RuleExplain(APIView):
    """Why a rule means a customer or not: each condition with the value, the bounds and the events that decided it.

    `nearest` are the fewest conditions that would have to turn for the other answer. Personal values are masked.
    """

    permission_required = "customers.view_customer"
    throttle_scope = "preview"
    query: dict[str, Any]

    class Query(serializers.Serializer):
        customer = serializers.CharField(help_text="The customer's external id.")
        as_of = serializers.DateTimeField(required=False, help_text="The moment asked about; now.")

    @extend_schema(request=RULE, responses={200: ANY_OBJECT})
    def post(self, request: Request) -> Response:
        document: Any = request.data
        answers.check(document)
        customer = Customer.objects.get(external_id=self.query["customer"])
        as_of = self.query.get("as_of") or timezone.now()
        told = explained(document, customer.pk, as_of=as_of, language=get_language() or "en")
        return Response({"customer": customer.external_id, **told})
