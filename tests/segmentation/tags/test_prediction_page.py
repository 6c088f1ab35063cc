"""The page that says how good a prediction is."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse

from segmentation.profiles.units import in_words
from segmentation.runs.models import Run
from segmentation.tags.drift import spread_of, stability_index
from segmentation.tags.models import Tag
from segmentation.tags.prediction_pictures import deciles, drift
from segmentation.tags.services import create_category

TODAY = datetime(2026, 3, 17, 1, tzinfo=UTC)
TENTHS = [{"expected": e, "actual": a} for e, a in ((0.8, 0.9), (0.5, 0.3), (0.2, 0.2), (0.1, 0.1))]


def result(scores, auc=0.8):
    judged = {"customers": 400, "auc": auc, "calibration_error": 0.02, "deciles": TENTHS}
    return {"goal": "purchase", "days": 30, "unit": "share", "judged": judged, "spread": spread_of(scores, "share")}


def run_of(tag, days_ago, scores):
    when = TODAY - timedelta(days=days_ago)
    return Run.objects.create(kind="tags.compute", subject=tag.key, as_of=when, result=result(scores))


@pytest.fixture
def tag(db):
    category = create_category(key="c", name_zh="类", name_en="C")
    return Tag.objects.create(key="buys", kind="predicted", category=category, name_zh="买", name_en="Buys")


def test_tenths_tell_lift_and_what_was_reached_so_far():
    rows = deciles(result(np.array([0.5])))
    assert [round(row.lift, 2) for row in rows] == [2.4, 0.8, 0.53, 0.27]
    assert [round(row.captured, 2) for row in rows] == [0.6, 0.8, 0.93, 1.0]
    assert (rows[0].expected, rows[0].actual) != ("0.8", "0.9")  # as percentages
    assert deciles({"judged": None}) == []


def test_another_shop_alarms_and_the_same_one_does_not():
    random = np.random.default_rng(0)
    low, again, high = random.beta(2, 5, 5000), random.beta(2, 5, 5000), random.beta(5, 2, 5000)
    assert stability_index(spread_of(low, "share"), spread_of(again, "share")) < 0.1
    runs = [Run(result=result(scores)) for scores in (high, low)]
    assert drift(runs)["alarm"]
    assert not drift([Run(result=result(scores)) for scores in (again, low)])["alarm"]
    assert drift(runs[:1]) is None


def test_the_page_shows_the_newest_run_beside_the_one_before(tag, admin_client):
    run_of(tag, 7, np.full(100, 0.2))
    tag.last_run = run_of(tag, 0, np.full(100, 0.9))
    tag.save()
    page = admin_client.get(reverse("segmentation:prediction_detail", args=["buys"]))
    assert page.status_code == 200
    assert len(page.context["deciles"]) == 4
    assert page.context["drift"]["alarm"]
    assert page.context["quality_chart"]["series"][0]["data"] == [0.8, 0.8]


def test_before_the_first_run_and_without_a_judgement_it_says_so(tag, admin_client):
    address = reverse("segmentation:prediction_detail", args=["buys"])
    assert "empty-title" in admin_client.get(address).content.decode()
    tag.last_run = run_of(tag, 0, np.array([0.5]))
    tag.last_run.result["judged"] = None
    tag.last_run.save()
    tag.save()
    page = admin_client.get(address)
    assert page.context["judged"] is None
    assert "empty-title" in page.content.decode()


def test_only_predictions_have_such_a_page(tag, admin_client):
    Tag.objects.filter(pk=tag.pk).update(kind="rule")
    assert admin_client.get(reverse("segmentation:prediction_detail", args=["buys"])).status_code == 404


@pytest.mark.parametrize(("value", "unit", "said"), [(2.39, "orders", "2.4"), (9.999, "currency", "10.00")])
def test_figures_are_rounded_not_cut_off(value, unit, said):
    assert in_words(value, unit).startswith(said)
