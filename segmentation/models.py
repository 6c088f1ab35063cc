"""Gathers the stages' models; defines none."""

from segmentation.activation.delivery_models import Delivery, DeliveryOutcome, DeliveryPlan
from segmentation.activation.models import Export
from segmentation.audiences.contact_models import ContactPolicy, Suppression
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.lake.models import LakeSnapshot
from segmentation.measurement.models import Look, Measurement
from segmentation.privacy.models import KeepingPeriod, ProcessingNote
from segmentation.recommendation.models import RecommendationPlan
from segmentation.runs.models import Run
from segmentation.scores.models import ScoreChunk
from segmentation.segments.fixed_models import FixedMembers
from segmentation.segments.models import Segment, SegmentVersion
from segmentation.sets.models import LiveMember, NamedSet, SetVersion
from segmentation.tags.given_models import GivenValue, ValueList
from segmentation.tags.models import Category, Tag, TagValue, TagVersion
from segmentation.webhooks.models import WebhookEndpoint, WebhookMessage

__all__ = [
    "Audience",
    "AudienceVersion",
    "Category",
    "ContactPolicy",
    "Delivery",
    "DeliveryOutcome",
    "DeliveryPlan",
    "Export",
    "FixedMembers",
    "GivenValue",
    "KeepingPeriod",
    "LakeSnapshot",
    "LiveMember",
    "Look",
    "Measurement",
    "NamedSet",
    "ProcessingNote",
    "RecommendationPlan",
    "Run",
    "ScoreChunk",
    "Segment",
    "SegmentVersion",
    "SetVersion",
    "Suppression",
    "Tag",
    "TagValue",
    "TagVersion",
    "ValueList",
    "WebhookEndpoint",
    "WebhookMessage",
]
