"""The suppression list, the rules of contact, the approval of large audiences, the recycle bin."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from customers.models import AccessLog, Customer
from segmentation.activation.services import ExportOptions, request_export
from segmentation.audiences import approvals, services
from segmentation.audiences.contact_models import Suppression
from segmentation.audiences.limits import the_policy
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.audiences.selectors import audience_by_key
from segmentation.audiences.suppression import numbers_in
from segmentation.errors import SegmentationError
from segmentation.runs.services import request_run
from segmentation.sets.models import NamedSet
from segtag_site.roles import assign_role, ensure_roles
from tests.campaign import ALL, rule, run, shared_shop


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker, tmp_path_factory):
    with shared_shop(tmp_path_factory.mktemp("shop"), django_db_blocker):
        ensure_roles()
        yield


@pytest.fixture
def shop(_shop, db) -> list[Customer]:
    return list(Customer.objects.order_by("pk"))


def user(role: str) -> User:
    made, _ = User.objects.get_or_create(username=role)
    assign_role(user=made, key=role)
    return User.objects.get(pk=made.pk)


def browser(role: str) -> Client:
    client = Client()
    client.force_login(user(role))
    return client


def frozen(by: User | None = None) -> Audience:
    audience = services.create_audience(by=by, name="Spring", channel="email", include=ALL, holdout_percent=0)
    run(services.request_freeze(audience=audience, by=by))
    return audience_by_key(audience.key)


def test_customers_are_put_on_the_list_by_number_by_address_and_by_file(shop):
    marketer = browser("marketer")
    file = SimpleUploadedFile("list.csv", b"customer\nC-003\nnobody\n")
    typed = {"numbers": "C-001\nzhang2@example.com", "file": file, "reason": "complaint", "source": "hotline"}
    answer = marketer.post(reverse("segmentation:suppress"), typed, follow=True)
    on_it = Suppression.objects.values_list("customer__external_id", flat=True).order_by("customer__external_id")
    assert list(on_it) == ["C-001", "C-002", "C-003"]
    assert "nobody" in answer.content.decode()
    assert {(e.reason, e.source, e.by.username) for e in Suppression.objects.all()} == {
        ("complaint", "hotline", "marketer")
    }
    assert AccessLog.objects.get(action="suppression.import").detail["customers"] == 3
    entry = Suppression.objects.first()
    assert marketer.post(reverse("segmentation:suppression_lift", args=[entry.pk])).status_code == 403
    browser("operator").post(reverse("segmentation:suppression_lift", args=[entry.pk]))
    assert Suppression.objects.count() == 2


def test_over_the_api_too(shop):
    client = browser("marketer")
    told = client.post(
        "/api/v1/suppressions", {"customers": ["C-005", "?"], "channel": "sms"}, content_type="application/json"
    )
    assert told.json() == {"suppressed": 1, "unknown": ["?"]}
    assert client.get("/api/v1/suppressions").json()["results"][0]["external_id"] == "C-005"


def test_lists_of_other_programs_are_read(shop):
    assert numbers_in("\ufeff客户编号\r\n1\r\n2,x\r\n".encode()) == ["1", "2"]
    assert numbers_in("张三\n".encode("gb18030")) == ["张三"]


def test_the_page_saves_caps_and_the_universal_holdout(shop):
    url = reverse("segmentation:policy_save")
    typed = {"universal_percent": 5, "most_email": 2, "days_email": 7}
    assert browser("marketer").post(url, typed).status_code == 403
    assert browser("operator").post(url, typed).status_code == 302
    assert (the_policy().universal_percent, the_policy().caps) == (5, {"email": {"most": 2, "days": 7}})
    assert browser("operator").post(url, {"universal_percent": 5, "most_sms": 2}).status_code == 422


def test_a_large_audience_waits_and_nothing_leaves_before_another_person_said_yes(shop, settings):
    settings.APPROVAL_ABOVE, settings.FOUR_EYES = 3, True
    both = user("administrator")
    audience = frozen(by=both)
    assert audience.state == Audience.State.WAITING
    with pytest.raises(SegmentationError) as refused:
        request_export(version=audience.frozen_version, options=ExportOptions(), by=user("marketer"))
    assert refused.value.code == "not_approved"
    with pytest.raises(SegmentationError) as refused:
        approvals.approve_audience(audience=audience, by=both)
    assert refused.value.code == "own_version"
    assert browser("marketer").post(reverse("segmentation:audience_approve", args=["spring"])).status_code == 403
    assert browser("reviewer").post(reverse("segmentation:audience_approve", args=["spring"])).status_code == 302
    approved = audience_by_key("spring")
    assert (approved.state, approved.frozen_version.reviewed_by.username) == (Audience.State.FROZEN, "reviewer")
    assert request_export(version=approved.frozen_version, options=ExportOptions(), by=user("marketer"))


def test_an_audience_sent_back_is_a_draft_again_with_the_answer_on_its_page(shop, settings):
    settings.APPROVAL_ABOVE = 3
    frozen()
    browser("reviewer").post(
        reverse("segmentation:audience_send_back", args=["spring"]), {"answer": "Too many of them"}
    )
    assert audience_by_key("spring").state == Audience.State.DRAFT
    assert "Too many of them" in browser("marketer").get("/audiences/spring/").content.decode()


def test_what_was_approved_stays_so_while_the_plan_is_the_same(shop, settings):
    settings.APPROVAL_ABOVE = 3
    audience = frozen()
    approvals.approve_audience(audience=audience, by=user("reviewer"))
    services.reopen_audience(audience=audience, by=None)
    run(request_run(kind="audiences.freeze", subject="spring"))
    assert audience_by_key("spring").state == Audience.State.FROZEN
    services.reopen_audience(audience=audience, by=None)
    services.update_audience(audience=audience, by=None, size_limit=20)
    run(request_run(kind="audiences.freeze", subject="spring"))
    assert audience_by_key("spring").state == Audience.State.WAITING


def test_an_audience_goes_into_the_bin_and_comes_back_or_goes_for_good(shop):
    frozen()
    other = services.create_audience(by=None, name="Other", channel="email", include=rule({"audience": "spring"}))
    marketer = browser("marketer")
    delete = reverse("segmentation:audience_delete", args=["spring"])
    marketer.post(delete)
    assert Audience.objects.filter(key="spring").exists()  # the other audience names it
    other.delete()
    marketer.post(delete)
    assert not Audience.objects.filter(key="spring").exists()
    assert NamedSet.objects.get(kind="audience", key="spring", value="").binned
    assert "Spring" in marketer.get(reverse("segmentation:bin_list")).content.decode()
    marketer.post(reverse("segmentation:bin_restore", args=["audience", "spring"]))
    assert audience_by_key("spring").frozen_version.reached.size > 0
    marketer.post(delete)
    marketer.post(reverse("segmentation:bin_purge", args=["audience", "spring"]))
    assert not Audience.everything.filter(key="spring").exists()
    assert not AudienceVersion.objects.exists()
    assert not NamedSet.objects.filter(kind="audience", key="spring").exists()


def test_each_step_of_a_draft_lists_its_customers_masked(shop):
    services.create_audience(by=None, key="draft", name="Draft", channel="email", include=ALL)
    viewer = browser("viewer")
    page = viewer.get(reverse("segmentation:audience_step", args=["draft", "no_consent"]))
    preview = {row.key: row for row in viewer.get("/audience-preview/?key=draft").context["steps"]}
    assert page.context["page"].paginator.count == preview["no_consent"].customers > 0
    assert preview["no_consent"].url == reverse("segmentation:audience_step", args=["draft", "no_consent"])
    assert "张三" not in page.content.decode()
    assert viewer.get("/audiences/draft/steps/nonsense/").status_code == 404
