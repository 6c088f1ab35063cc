"""The register of processing says what really runs, and points to what lacks."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from customers import profiling
from customers.models import Customer, Trait
from customers.models.catalogue import FieldClass
from segmentation.activation.delivery_models import DeliveryPlan
from segmentation.audiences.models import Audience
from segmentation.privacy import assessment, register, retention
from segmentation.privacy.models import ProcessingNote
from segmentation.segments.models import Segment, SegmentVersion
from segmentation.tags.models import Category, Tag, TagVersion
from segmentation.webhooks.models import WebhookEndpoint
from tests.campaign import NOW
from tests.segtag_site.shop import user_of

pytestmark = pytest.mark.django_db


def rule(leaf: dict) -> dict:
    return {"version": 1, "rule": leaf}


@pytest.fixture
def shop(db: None) -> None:
    """A clustering among people of some age, a segment of its first group, an audience of that, sent by timetable."""
    for name, field_class in (("age", FieldClass.PERSONAL), ("city", FieldClass.BEHAVIOURAL)):
        Trait.objects.create(name=name, column=name, type="number", field_class=field_class)
    category = Category.objects.add_root(instance=Category(key="c", name_zh="类", name_en="C"))
    tag = Tag.objects.create(key="groups", kind="cluster", category=category, name_zh="群", name_en="G", status="live")
    among = rule({"all": [{"trait": "age", "op": "at_least", "value": 18}, {"trait": "city", "op": "is_present"}]})
    definition = {"features": ["monetary"], "among": among}
    tag.live_version = TagVersion.objects.create(tag=tag, number=1, definition=definition)
    tag.save()
    segment = Segment.objects.create(key="first", name_zh="一", name_en="First", status="live")
    first = rule({"tag": "groups", "op": "one_of", "value": ["c1"]})
    segment.live_version = SegmentVersion.objects.create(segment=segment, number=1, rule=first)
    segment.save()
    audience = Audience.objects.create(key="a", name="A", channel="email", include=rule({"segment": "first"}))
    told = {"url": "https://crm.example/in"}
    DeliveryPlan.objects.create(
        audience=audience, name="To CRM", destination="webhook", told=told, options={"reveals": True}, schedule="daily"
    )
    WebhookEndpoint.objects.create(name="till", url="https://till.example/x", kinds=[], secret="")


def codes() -> set[str]:
    return {one.code for one in assessment.drawn_up().findings}


def test_each_use_names_all_fields_that_it_is_made_of_with_their_class(shop: None) -> None:
    found = {(use.kind, use.key): use for use in register.uses()}
    for name in (("tag", "groups"), ("segment", "first"), ("audience", "a")):
        fields = {(field.kind, field.name): field.personal for field in found[name].fields}
        assert fields == {("trait", "age"): True, ("trait", "city"): False, ("feature", "monetary"): False}
    assert found["tag", "groups"].profiles
    assert found["audience", "a"].profiles
    assert found["audience", "a"].automatic
    assert found["audience", "a"].purpose == "marketing"


def test_recipients_are_named_by_their_host_alone(shop: None) -> None:
    told = {one.name: (one.host, one.automatic, one.reveals) for one in register.recipients()}
    assert told == {"To CRM": ("crm.example", True, True), "till": ("till.example", True, False)}


def test_what_lacks_is_pointed_to_until_it_is_there(shop: None, django_user_model) -> None:
    lacking = {"no_basis", "no_description", "not_assessed", "personal_in_model", "reveals", "kept_for_ever"}
    assert codes() == lacking
    officer = django_user_model.objects.get(pk=user_of("privacy-officer").pk)

    for purpose in ("marketing", "profiling"):
        note = ProcessingNote(purpose=purpose, basis="interest", description="x", assessed_on=timezone.localdate())
        assessment.save_note(note=note, by=officer)
    assert codes() == {"personal_in_model", "reveals", "kept_for_ever"}

    for key in retention.keepings():
        retention.set_period(key=key, days=365, by=officer)
    Trait.objects.update(field_class=FieldClass.BEHAVIOURAL)
    DeliveryPlan.objects.update(options={})
    assert codes() == set()

    ProcessingNote.objects.update(assessed_on=timezone.localdate() - timedelta(days=400), basis="consent")
    assert codes() == {"assessment_old", "no_consents"}


def test_the_pages_and_the_file_say_the_same(shop: None) -> None:
    someone = Customer.objects.create(external_id="X", first_seen_at=NOW)
    profiling.refuse(customer=someone, source="form")
    officer = Client()
    officer.force_login(user_of("privacy-officer"))
    told = {"basis": "consent", "description": "Mails", "responsible": "Ann", "assessed_on": "2026-11-01"}
    assert officer.post("/privacy/register/marketing/", told).status_code == 302

    shown = officer.get("/privacy/register/").context["register"]
    kept = json.loads(officer.get("/privacy/register/register.json").content)
    assert [one["code"] for one in kept["findings"]] == [one.code for one in shown.findings]
    assert {one["key"] for one in kept["uses"]} == {"groups", "first", "a"}
    assert next(one for one in kept["purposes"] if one["purpose"] == "marketing")["responsible"] == "Ann"
    assert (kept["refused_profiling"], kept["customers"]) == (1, 1)


def test_others_read_and_write_nothing(shop: None) -> None:
    operator = Client()
    operator.force_login(user_of("operator"))
    for path in ("register/", "register/register.json", "register/x/", "retention/"):
        assert operator.get(f"/privacy/{path}").status_code == 403
    with pytest.raises(PermissionDenied):
        assessment.save_note(note=ProcessingNote(purpose="x"), by=user_of("reviewer"))


def test_an_empty_installation_has_an_empty_register() -> None:
    drawn = assessment.drawn_up()
    assert (drawn.purposes, drawn.uses, drawn.recipients) == ([], [], [])
