"""Routes of the API for conclusions, in the order of the flow."""

from django.urls import path

from segmentation.activation.api import ExportColumns, ExportList
from segmentation.activation.delivery_api import (
    AudienceDeliveries,
    DeliveryList,
    DeliveryResults,
    DeliverySend,
    DeliveryTimes,
)
from segmentation.audiences.api import (
    AudienceDetail,
    AudienceFreeze,
    AudienceList,
    AudienceMembers,
    AudienceReopen,
    AudienceVersions,
    AudienceWaterfall,
)
from segmentation.audiences.suppression_api import SuppressionEntry, SuppressionList
from segmentation.measurement.api import AudienceResults
from segmentation.privacy.api import CustomerErasure, CustomerKnown, ErasureList
from segmentation.recommendation.api import CustomerRecommendations, ProductCustomers
from segmentation.runs.api import RunDetail, RunList
from segmentation.segments.api import CustomerSegments, SegmentDetail, SegmentList, SegmentMembers
from segmentation.segments.api_reviews import (
    SegmentApprove,
    SegmentRetire,
    SegmentSendBack,
    SegmentVersions,
    TagApprove,
    TagRetire,
    TagSendBack,
    TagSubmit,
    TagVersions,
)
from segmentation.segments.api_rules import (
    RuleCatalog,
    RuleCheck,
    RuleExplain,
    RuleMembers,
    RulePreview,
    RuleSchema,
    RuleValues,
)
from segmentation.tags.api import CustomerScores, CustomerTags, TagDetail, TagList, TagValueMembers
from segmentation.tags.api_taxonomy import (
    CategoryDetail,
    CategoryList,
    GivenValues,
    GivenValueWithdraw,
    TaxonomyDocument,
)
from segmentation.webhooks.api import WebhookDetail, WebhookList, WebhookMessages, WebhookReplay, WebhookSwitch

urlpatterns = [
    path("customers/<int:id>/tags", CustomerTags.as_view()),
    path("customers/<int:id>/scores", CustomerScores.as_view()),
    path("customers/<int:id>/segments", CustomerSegments.as_view()),
    path("customers/<int:id>/recommendations", CustomerRecommendations.as_view()),
    path("products/<str:sku>/customers", ProductCustomers.as_view()),
    path("tags", TagList.as_view()),
    path("tags/<slug:key>", TagDetail.as_view()),
    path("tags/<slug:key>/versions", TagVersions.as_view()),
    path("tags/<slug:key>/submit", TagSubmit.as_view()),
    path("tags/<slug:key>/approve", TagApprove.as_view()),
    path("tags/<slug:key>/send-back", TagSendBack.as_view()),
    path("tags/<slug:key>/retire", TagRetire.as_view()),
    path("tags/<slug:key>/given", GivenValues.as_view()),
    path("tags/<slug:key>/given/<int:id>/withdraw", GivenValueWithdraw.as_view()),
    path("categories", CategoryList.as_view()),
    path("categories/<slug:key>", CategoryDetail.as_view()),
    path("taxonomy", TaxonomyDocument.as_view()),
    path("tags/<slug:key>/values/<str:value>/members", TagValueMembers.as_view()),
    path("catalog", RuleCatalog.as_view(), name="rule-catalog"),
    path("catalog/values", RuleValues.as_view(), name="rule-values"),
    path("rules/schema", RuleSchema.as_view(), name="rule-schema"),
    path("rules/validate", RuleCheck.as_view(), name="rule-validate"),
    path("rules/preview", RulePreview.as_view(), name="rule-preview"),
    path("rules/members", RuleMembers.as_view(), name="rule-members"),
    path("rules/explain", RuleExplain.as_view(), name="rule-explain"),
    path("segments", SegmentList.as_view()),
    path("segments/<slug:key>", SegmentDetail.as_view()),
    path("segments/<slug:key>/versions", SegmentVersions.as_view()),
    path("segments/<slug:key>/approve", SegmentApprove.as_view()),
    path("segments/<slug:key>/send-back", SegmentSendBack.as_view()),
    path("segments/<slug:key>/retire", SegmentRetire.as_view()),
    path("segments/<slug:key>/members", SegmentMembers.as_view()),
    path("audiences", AudienceList.as_view()),
    path("audiences/<slug:key>", AudienceDetail.as_view()),
    path("audiences/<slug:key>/waterfall", AudienceWaterfall.as_view()),
    path("audiences/<slug:key>/freeze", AudienceFreeze.as_view()),
    path("audiences/<slug:key>/reopen", AudienceReopen.as_view()),
    path("audiences/<slug:key>/versions", AudienceVersions.as_view()),
    path("audiences/<slug:key>/members", AudienceMembers.as_view()),
    path("audiences/<slug:key>/exports", ExportList.as_view()),
    path("audiences/<slug:key>/results", AudienceResults.as_view()),
    path("audiences/<slug:key>/deliveries", AudienceDeliveries.as_view()),
    path("deliveries", DeliveryList.as_view()),
    path("deliveries/<int:id>/send", DeliverySend.as_view()),
    path("deliveries/<int:id>/times", DeliveryTimes.as_view()),
    path("deliveries/<int:id>/results", DeliveryResults.as_view()),
    path("suppressions", SuppressionList.as_view()),
    path("suppressions/<int:id>", SuppressionEntry.as_view()),
    path("export-columns", ExportColumns.as_view()),
    path("customers/<int:id>/erasure", CustomerErasure.as_view()),
    path("customers/<int:id>/known", CustomerKnown.as_view()),
    path("erasures", ErasureList.as_view()),
    path("webhooks", WebhookList.as_view()),
    path("webhooks/<uuid:id>", WebhookDetail.as_view()),
    path("webhooks/<uuid:id>/switch", WebhookSwitch.as_view()),
    path("webhooks/<uuid:id>/messages", WebhookMessages.as_view()),
    path("webhooks/<uuid:id>/replay", WebhookReplay.as_view()),
    path("runs", RunList.as_view()),
    path("runs/<uuid:id>", RunDetail.as_view()),
]
