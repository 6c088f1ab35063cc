"""Playbooks: every one can run over the ready tags, counts live, and one click makes segment, draft and measurement."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation

from segmentation.audiences.models import Audience
from segmentation.measurement.catalog import all_metrics
from segmentation.playbooks.ready import PLAYBOOKS
from segmentation.playbooks.selectors import cards
from segmentation.segments.models import Segment
from segmentation.sets import answers
from segtag_site.roles import assign_role, ensure_roles
from tests.campaign import shared_shop


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker, tmp_path_factory):
    with shared_shop(tmp_path_factory.mktemp("shop"), django_db_blocker):
        ensure_roles()
        yield


@pytest.fixture
def marketer(_shop, db) -> Client:
    made, _ = User.objects.get_or_create(username="marketer")
    assign_role(user=made, key="marketer")
    client = Client()
    client.force_login(User.objects.get(pk=made.pk))
    return client


def test_every_playbook_names_metrics_that_there_are_and_speaks_both_languages():
    assert len({book.key for book in PLAYBOOKS}) == len(PLAYBOOKS) == 5
    for book in PLAYBOOKS:
        assert book.metric in all_metrics()
        for labels in (book.labels, book.about, *(one.labels for one in book.variants)):
            assert labels.zh
            assert labels.en


def test_one_click_makes_the_segment_and_a_draft_with_a_measurement(marketer):
    found = next(card for card in cards(timezone.now()) if card.playbook.key == "recommend")
    assert found.groups[0].customers == len(answers.answer(found.groups[0].variant.document(), as_of=timezone.now()))
    answer = marketer.post("/playbooks/recommend/active/")
    audience = Audience.objects.get()
    assert answer.url == f"/audiences/{audience.key}/"
    assert Segment.objects.get().key == "recommend-active"
    assert audience.include["rule"] == {"all": [{"segment": "recommend-active"}]}
    assert audience.suggested["metric"] == "orders"
    marketer.post("/playbooks/recommend/active/")
    assert (Segment.objects.count(), Audience.objects.count()) == (1, 2)
    assert marketer.post("/playbooks/recommend/nonsense/").url == "/playbooks/"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_tells_what_is_missing_for_a_playbook(marketer, language):
    with translation.override(language):
        page = marketer.get("/playbooks/", headers={"accept-language": language})
    groups = {g.variant.key: g for card in page.context["cards"] for g in card.groups}
    assert groups["likely"].problem  # the shop has no such tag
    assert not groups["active"].problem
