"""A tag's versions on their way to life and back, and its way through the recycle bin."""

import pytest
from django.contrib.auth.models import User

from customers.models import AccessLog, Trait
from segmentation.dependencies import StillUsed
from segmentation.errors import SegmentationError
from segmentation.review import State
from segmentation.segments.services import create_segment
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.models import NamedSet
from segmentation.tags import governance, services
from segmentation.tags.models import Category, Tag

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _trait():
    Trait.objects.create(name="age", type="number", column="t_age")


@pytest.fixture
def author():
    return User.objects.create(username="author")


@pytest.fixture
def reviewer():
    return User.objects.create(username="reviewer")


def by_age(first):
    rule = {"version": 1, "rule": {"trait": "age", "op": "less_than", "value": first}}
    return {"values": [{"key": "young", "zh": "青年", "en": "Young", "rule": rule}]}


def tag(by=None, key="age"):
    category = Category.objects.first() or services.create_category(key="c", name_zh="类", name_en="C")
    return services.create_tag(
        key=key, category=category, kind="rule", definition=by_age(30), name_zh="年龄", name_en="Age", by=by
    )


def states(made):
    return dict(made.versions.values_list("number", "state"))


def test_a_version_goes_from_draft_over_review_to_live_and_the_one_before_retires(author, reviewer):
    made = tag(author)
    governance.submit_tag(tag=made, note="first", by=author)
    made.refresh_from_db()
    assert (made.status, made.live_version, states(made)) == (Tag.Status.REVIEW, None, {1: State.REVIEW})
    governance.approve_tag(tag=made, by=reviewer)
    services.new_version(tag=made, definition=by_age(40), by=author)
    governance.submit_tag(tag=made, by=author)
    made.refresh_from_db()
    assert (made.status, made.live_version.number) == (Tag.Status.LIVE, 1)
    governance.approve_tag(tag=made, by=reviewer, answer="good")
    made.refresh_from_db()
    assert (made.live_version.number, states(made)) == (2, {1: State.RETIRED, 2: State.LIVE})
    assert (made.live_version.reviewed_by, made.live_version.answer) == (reviewer, "good")


def test_a_version_is_sent_back_only_with_words_and_can_be_submitted_again(author, reviewer):
    made = tag(author)
    governance.submit_tag(tag=made, by=author)
    with pytest.raises(SegmentationError) as refused:
        governance.send_back_tag(tag=made, answer=" ", by=reviewer)
    assert refused.value.code == "answer_missing"
    governance.send_back_tag(tag=made, answer="too young", by=reviewer)
    made.refresh_from_db()
    assert (made.status, states(made)) == (Tag.Status.DRAFT, {1: State.RETURNED})
    governance.submit_tag(tag=made, by=author)
    assert states(made) == {1: State.REVIEW}


def test_of_two_versions_only_the_newest_waits_for_a_review(author):
    made = tag(author)
    governance.submit_tag(tag=made, by=author)
    services.new_version(tag=made, definition=by_age(40), by=author)
    governance.submit_tag(tag=made, by=author)
    assert states(made) == {1: State.RETIRED, 2: State.REVIEW}
    with pytest.raises(SegmentationError) as refused:
        governance.submit_tag(tag=made, by=author)
    assert refused.value.code == "not_submittable"


@pytest.mark.parametrize("who", ["author", "submitter"])
def test_with_four_eyes_nobody_approves_what_they_wrote_or_submitted(settings, author, reviewer, who):
    settings.FOUR_EYES = True
    made = tag(author if who == "author" else None)
    governance.submit_tag(tag=made, by=author)
    for approve in (governance.approve_tag, services.publish_tag):
        with pytest.raises(SegmentationError) as refused:
            approve(tag=made, by=author)
        assert refused.value.code == "own_version"
    assert governance.approve_tag(tag=made, by=reviewer).status == Tag.Status.LIVE
    settings.FOUR_EYES = False
    assert services.publish_tag(tag=made, by=author).status == Tag.Status.LIVE


def test_an_earlier_version_comes_back_as_a_new_one_and_no_row_is_edited(author):
    made = services.publish_tag(tag=tag(author), by=None)
    services.new_version(tag=made, definition=by_age(40), by=author)
    services.publish_tag(tag=made, by=None)
    written = {version.pk: version.definition for version in made.versions.all()}
    back = governance.roll_back_tag(tag=made, number=1, by=author)
    assert back.live_version.number == 3
    assert back.live_version.definition == written[made.versions.get(number=1).pk]
    assert {pk: made.versions.get(pk=pk).definition for pk in written} == written
    assert states(made) == {1: State.RETIRED, 2: State.RETIRED, 3: State.LIVE}


def test_a_version_that_was_never_live_does_not_come_back(author):
    made = tag(author)
    governance.submit_tag(tag=made, by=author)
    services.new_version(tag=made, definition=by_age(40), by=author)
    services.publish_tag(tag=made, by=None)
    with pytest.raises(SegmentationError) as refused:
        governance.roll_back_tag(tag=made, number=1, by=author)
    assert refused.value.code == "never_live"


def test_a_version_that_was_sent_back_and_given_up_does_not_come_back(author, reviewer):
    made = tag(author)
    for answer in ("Narrower.", ""):
        governance.submit_tag(tag=made, by=author)
        if answer:
            governance.send_back_tag(tag=made, by=reviewer, answer=answer)
    services.new_version(tag=made, definition=by_age(40), by=author)
    governance.submit_tag(tag=made, by=author)
    governance.approve_tag(tag=made, by=reviewer)
    assert states(made) == {1: State.RETIRED, 2: State.LIVE}
    with pytest.raises(SegmentationError) as refused:
        governance.roll_back_tag(tag=made, number=1, by=reviewer)
    assert refused.value.code == "never_live"


def test_with_four_eyes_nobody_brings_back_what_they_wrote(settings, author, reviewer):
    made = services.publish_tag(tag=tag(author), by=None)
    services.new_version(tag=made, definition=by_age(40), by=author)
    services.publish_tag(tag=made, by=None)
    settings.FOUR_EYES = True
    with pytest.raises(SegmentationError) as refused:
        governance.roll_back_tag(tag=made, number=1, by=author)
    assert refused.value.code == "own_version"
    assert governance.roll_back_tag(tag=made, number=1, by=reviewer).live_version.number == 3


def test_a_deleted_tag_cannot_be_named_until_it_is_restored(author):
    made = services.publish_tag(tag=tag(author), by=None)
    governance.delete_tag(tag=made, by=author)
    assert not Tag.objects.exists()
    assert "age" not in rule_catalog().tags
    with pytest.raises(SegmentationError) as refused:
        tag(author)
    assert refused.value.code == "in_recycle_bin"
    governance.restore_tag(tag=made, by=author)
    assert Tag.objects.get().live_version.number == 1
    assert "age" in rule_catalog().tags


def test_only_what_is_in_the_bin_is_deleted_for_good(author):
    made = services.publish_tag(tag=tag(author), by=None)
    with pytest.raises(SegmentationError):
        governance.purge_tag(tag=made, by=author)
    governance.delete_tag(tag=made, by=author)
    governance.purge_tag(tag=made, by=author)
    assert not Tag.everything.exists()
    assert not NamedSet.objects.exists()
    actions = list(AccessLog.objects.filter(object_kind="tag").order_by("id").values_list("action", flat=True))
    assert actions == ["tag.create", "tag.publish", "tag.delete", "tag.purge"]


def test_a_tag_in_use_does_not_go_into_the_bin(author):
    made = services.publish_tag(tag=tag(author), by=None)
    create_segment(
        key="s", rule={"version": 1, "rule": {"tag": "age", "op": "is", "value": "young"}}, name_zh="段", name_en="S"
    )
    with pytest.raises(StillUsed):
        governance.delete_tag(tag=made, by=author)
