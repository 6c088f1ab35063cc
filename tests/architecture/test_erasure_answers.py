"""Whatever keeps something of customers says how it forgets them. A new model or table of the lake answers here."""

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import models

from customers.models import Customer
from segmentation.lake.tables import TABLES
from segmentation.privacy.loading import stores


def keepers() -> set[str]:
    """Every model that may hold something of a customer: all of ours, and Django's that write down names."""
    ours = [
        model
        for app in ("customers", "segmentation")
        for model in apps.get_app_config(app).get_models()
        if not model._meta.proxy
    ]
    return {model._meta.label for model in [*ours, LogEntry]} | {f"lake.{table}" for table in TABLES}


# What holds nothing of a customer, with the reason where it is not plain.
NOTHING_OF_CUSTOMERS = {
    "customers.AccessLog": "ids only; sealed, and kept as proof",
    "customers.ErasedName": "keyed hashes, so that who was erased stays out",
    "customers.Erasure": "ids and counts: the receipt",
    "customers.KeptKey": "keys",
    "customers.ApiKey": "of users",
    "customers.IntakeMinute": "counts",
    "customers.FreshMinute": "counts and delays",
    "customers.Source": "who sends",
    "customers.EventType": "names of events",
    "customers.Property": "names of properties",
    "customers.Trait": "names of traits",
    "customers.Product": "what is sold",
    "customers.DuplicateSearch": "counts",
    "segmentation.Look": "figures",
    "segmentation.Measurement": "a question",
    "segmentation.RecommendationPlan": "a plan",
    "segmentation.Audience": "rules",
    "segmentation.ContactPolicy": "the shop's rules",
    "segmentation.Category": "names",
    "segmentation.KeepingPeriod": "numbers of days",
    "segmentation.ProcessingNote": "what people say about a purpose",
    "segmentation.Tag": "names",
    "segmentation.TagVersion": "rules",
    "segmentation.WebhookEndpoint": "addresses",
    "segmentation.WebhookMessage": "which part of which set; customers are read from the set when it is sent",
    "segmentation.Segment": "names",
    "segmentation.SegmentVersion": "rules",
}


def test_every_place_says_how_it_forgets_or_that_it_knows_nobody() -> None:
    covered = {label for place in stores().values() for label in place.covers}
    silent = keepers() - covered - set(NOTHING_OF_CUSTOMERS)
    assert silent == set(), "answer in a store of segmentation/privacy/stores/, or say here why it knows nobody"
    assert covered - keepers() == set()


def test_no_place_without_an_answer_points_to_a_customer() -> None:
    silent = [apps.get_model(label) for label in NOTHING_OF_CUSTOMERS]
    pointing = {
        model._meta.label
        for model in silent
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Customer
    }
    assert pointing == set()
