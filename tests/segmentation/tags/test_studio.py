"""The cluster studio: a trial changes nothing; saved, it is a draft, a review or a live tag."""

import json

import numpy as np
import pytest
from django.urls import reverse

from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.segments.clustering import Model
from segmentation.tags.models import Tag
from segmentation.tags.studio_forms import StudioForm, initial_of
from segmentation.tags.trials import TRY
from tests.segmentation.test_pages import browser, shop

assert shop
pytestmark = pytest.mark.django_db
ASKED = {
    "name": "Habits",
    "other_name": "习惯",
    "population": "",
    "features": ["recency_days", "frequency", "monetary"],
    "algorithm": "kmeans",
    "k": "",
    "fewest": 2,
    "most": 4,
}


def page(name, *args):
    return reverse(f"segmentation:{name}", args=args)


def tried(client, **changes):
    """The page of a trial that has run."""
    answer = client.post(page("cluster_new"), {**ASKED, **changes})
    assert answer.status_code == 302, answer.context["form"].errors
    run = Run.objects.get(kind=TRY, subject=answer.url.rstrip("/").split("/")[-1])
    execute(run.pk)
    return client.get(answer.url)


def test_a_trial_shows_groups_and_candidates_and_changes_nothing(shop):
    before = Tag.objects.count()
    answer = tried(browser("marketer"))
    assert answer.context["run"].error == ""
    assert sum(group.size for group in answer.context["groups"]) == answer.context["result"]["customers"]
    assert 1 <= len(answer.context["candidates"]) <= 3
    assert Tag.objects.count() == before


def test_an_administrator_publishes_what_was_tried_and_its_run_finds_the_same_groups(shop):
    client = browser("administrator")
    shown = tried(client)
    client.post(page("cluster_trial_save", shown.context["run"].subject), {"publish": "1"})
    tag = Tag.objects.get(key="habits")
    assert (tag.status, tag.name_zh) == (Tag.Status.LIVE, "习惯")
    run = Run.objects.get(kind="tags.compute", subject="habits")
    execute(run.pk)
    sizes = [group.size for group in client.get(page("cluster_detail", "habits")).context["groups"]]
    assert sizes == [group.size for group in shown.context["groups"]]


def test_an_operator_saves_for_review(shop):
    client = browser("operator")
    subject = tried(client, name="For review").context["run"].subject
    client.post(page("cluster_trial_save", subject), {"publish": "1"})
    tag = Tag.objects.get(key="for-review")
    assert tag.status == Tag.Status.REVIEW
    assert tag.live_version is None


def test_another_number_of_groups_is_another_trial(shop):
    client = browser("marketer")
    subject = tried(client).context["run"].subject
    answer = client.post(page("cluster_trial_again", subject), {"k": "4"})
    newest = Run.objects.filter(kind=TRY).order_by("-requested_at").first()
    assert answer.url.rstrip("/").endswith(newest.subject)
    assert newest.params["definition"]["k"] == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"features": []}, "features"), ({"fewest": 5}, "most"), ({"algorithm": "magic"}, "algorithm")],
)
def test_what_cannot_be_tried_is_told_beside_its_field(shop, changes, field):
    answer = browser("marketer").post(page("cluster_new"), {**ASKED, **changes})
    assert field in answer.context["form"].errors


def test_a_group_is_renamed_and_keeps_its_name_through_the_next_run(shop):
    client = browser("operator")
    client.post(
        page("cluster_rename", "behaviour-cluster"), {"value": "c1", "name_zh": "我的群", "name_en": "My group"}
    )
    value = Tag.objects.get(key="behaviour-cluster").values.get(key="c1")
    assert (value.name_zh, value.name_en) == ("我的群", "My group")
    client.post(page("tag_run", "behaviour-cluster"))
    execute(Run.objects.filter(kind="tags.compute", subject="behaviour-cluster").order_by("-requested_at")[0].pk)
    value.refresh_from_db()
    assert value.name_en == "My group"
    taken = client.post(
        page("cluster_rename", "behaviour-cluster"), {"value": "c2", "name_en": "My group"}, follow=True
    )
    assert "Another group has this name." in taken.text


def test_a_viewer_neither_tries_nor_renames(shop):
    viewer = browser("viewer")
    assert viewer.get(page("cluster_new")).status_code == 403
    assert viewer.post(page("cluster_rename", "behaviour-cluster"), {"value": "c1"}).status_code == 403


def test_the_model_card_is_enough_to_place_a_customer(shop):
    document = json.loads(browser("viewer").get(page("cluster_card", "behaviour-cluster")).content)
    assert document["card"]["libraries"]["scikit-learn"]
    assert document["card"]["quality"]["stability"] >= 0
    model = Model.from_json(document["model"])
    features = {column.key: np.array([column.median]) for column in model.encoder.columns}
    placed = model.place(features)
    assert 0 <= placed.labels[0] < len(document["groups"])


def test_purchases_and_weeks_count_beside_the_features_and_are_kept_with_the_definition(shop):
    client = browser("marketer")
    asked = {"block_categories": "0.5", "block_texts": "0.5", "block_weeks": "2.0", "algorithm": "incremental"}
    answer = tried(client, **asked, k=3)
    assert answer.context["run"].error == ""
    assert answer.context["run"].params["definition"]["blocks"] == {"categories": 0.5, "texts": 0.5, "weeks": 2.0}
    assert len(answer.context["weeks_chart"]["series"]) == len(answer.context["groups"]) == 3
    form = StudioForm(initial=initial_of(answer.context["run"].params["definition"]))
    assert [field.value() for field in form.blocks] == ["0.5", "0.5", "2.0"]
