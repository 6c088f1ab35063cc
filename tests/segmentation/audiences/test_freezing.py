"""Audiences on a real database and lake: planned, edited, frozen, and what is frozen stays."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pyroaring import BitMap

from customers import consent
from customers.models import AccessLog, Customer
from segmentation.audiences import selectors, services
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.audiences.waterfall import STEP_NAMES
from segmentation.errors import SegmentationError
from segmentation.rules.problems import RuleError
from segmentation.rules.references import CycleError
from segmentation.runs.claims import Claim, Fenced, claim
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.runs.services import cancel
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from tests.campaign import ALL, NOW, from_city, rule, run, shared_shop


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker, tmp_path_factory):
    with shared_shop(tmp_path_factory.mktemp("shop"), django_db_blocker) as customers:
        yield customers


@pytest.fixture
def shop(_shop, db) -> list[Customer]:
    return list(Customer.objects.order_by("pk"))


def plan(**changes) -> Audience:
    chosen = {"name": "Spring", "channel": "email", "include": ALL, "exclude": from_city("杭州"), **changes}
    return services.create_audience(by=None, **chosen)


def freeze(audience: Audience) -> AudienceVersion:
    run(services.request_freeze(audience=audience, by=None))
    return selectors.audience_by_key(audience.key).frozen_version


def members(version: AudienceVersion) -> dict[str, BitMap]:
    return {step: store.at_version(selectors.step_set(version, step)) for step in STEP_NAMES}


def test_freezing_keeps_every_step_as_a_set(shop):
    version = freeze(plan())

    sets = members(version)
    assert sets["matched"] == BitMap(customer.pk for customer in shop)
    assert sets["excluded"] == BitMap(c.pk for c in shop if c.traits["city"] == "杭州")
    assert sets["reached"] | sets["holdout"] <= BitMap(consent.reachable(channel="email"))
    ends = [sets[step] for step in STEP_NAMES if step != "matched"]
    assert BitMap.union(*ends) == sets["matched"]
    assert sum(map(len, ends)) == len(shop)
    assert [row["step"] for row in version.waterfall] == list(STEP_NAMES)
    assert version.waterfall[-1]["left"] == len(sets["reached"]) == version.reached.size


def test_what_is_previewed_is_what_is_frozen(shop):
    audience = plan()
    previewed = services.preview_waterfall(audience, NOW)
    version = freeze(audience)
    assert previewed.counts() == version.waterfall
    assert {step: previewed.members(step) for step in STEP_NAMES} == members(version)


def test_the_run_says_where_the_audience_comes_from(shop):
    version = freeze(plan())
    assert version.run.state == Run.State.SUCCEEDED
    assert version.run.definition_version == version.number == 1
    assert version.run.lake_snapshot is not None
    assert version.run.result == {"waterfall": version.waterfall}


def test_a_frozen_audience_can_be_named_by_rules_as_those_reached(shop):
    audience = plan()
    version = freeze(audience)
    other = plan(name="Others", include=ALL, exclude=rule({"audience": audience.key}))
    fall = services.preview_waterfall(other, NOW)
    assert fall["excluded"].removed == store.at_version(version.reached)


def test_renaming_keeps_the_same_customers_held_out(shop):
    audience = plan(holdout_percent=50)
    before = services.preview_waterfall(audience, NOW).held_out
    renamed = services.update_audience(audience=audience, by=None, name="Quite another name")
    assert before
    assert services.preview_waterfall(renamed, NOW).held_out == before


def test_frozen_again_the_customers_held_out_are_held_out_again(shop):
    audience = plan(holdout_percent=30)
    first = members(freeze(audience))
    services.reopen_audience(audience=audience, by=None)
    services.update_audience(audience=audience, by=None, exclude=None)
    second_version = freeze(audience)
    second = members(second_version)
    assert second_version.number == 2
    assert first["holdout"] <= second["holdout"]
    assert not first["holdout"] & second["reached"]


def test_a_later_edit_changes_nothing_that_was_frozen(shop):
    audience = plan()
    version = freeze(audience)
    definition, frozen = version.definition, members(version)
    services.reopen_audience(audience=audience, by=None)
    services.update_audience(audience=audience, by=None, include=from_city("上海"), name="Later")
    version.refresh_from_db()
    assert version.definition == definition
    assert members(version) == frozen


def test_only_a_draft_can_be_changed_or_frozen(shop):
    audience = plan()
    freeze(audience)
    with pytest.raises(services.NotADraft):
        services.update_audience(audience=audience, by=None, name="Too late")
    with pytest.raises(services.NotADraft):
        services.request_freeze(audience=audience, by=None)


def test_an_audience_edited_while_it_is_being_frozen_is_not_frozen(shop, monkeypatch):
    audience = plan()
    requested = services.request_freeze(audience=audience, by=None)
    heartbeat = Claim.heartbeat

    def edit_meanwhile(claim: Claim, *progress) -> None:
        services.update_audience(audience=audience, by=None, holdout_percent=20)
        heartbeat(claim, *progress)

    monkeypatch.setattr(Claim, "heartbeat", edit_meanwhile)
    ended = execute(requested.pk)
    assert (ended.state, ended.error_code) == (Run.State.FAILED, "edited_meanwhile")
    assert not AudienceVersion.objects.exists()
    assert not SetVersion.objects.exists()


def test_a_worker_that_was_overtaken_freezes_nothing(shop):
    audience = plan()
    requested = services.request_freeze(audience=audience, by=None)
    slow = claim(requested.pk)
    cancel(run=requested)
    fall = services.preview_waterfall(audience, NOW)
    with pytest.raises(Fenced), slow.commit({}):
        services.freeze(audience=audience, planned=services.plan_of(audience), fall=fall, run=slow.run)
    assert not AudienceVersion.objects.exists()
    assert selectors.audience_by_key(audience.key).state == Audience.State.DRAFT


def test_a_rule_that_cannot_run_is_refused_with_its_place(shop):
    with pytest.raises(RuleError) as refused:
        plan(exclude=rule({"trait": "ctiy", "op": "is", "value": "上海"}))
    assert refused.value.problems[0].path == "exclude.rule.trait"
    assert not Audience.objects.exists()
    assert not NamedSet.objects.filter(kind=NamedSet.Kind.AUDIENCE).exists()


def test_an_audience_cannot_exclude_itself(shop):
    audience = plan()
    with pytest.raises(CycleError):
        services.update_audience(audience=audience, by=None, exclude=rule({"audience": audience.key}))


@pytest.mark.parametrize("percent", [-1, 51])
def test_a_holdout_is_at_most_half(shop, percent):
    with pytest.raises(SegmentationError) as refused:
        plan(holdout_percent=percent)
    assert refused.value.where == "holdout_percent"


def test_a_channel_that_there_is_not_is_refused(shop):
    with pytest.raises(ValidationError, match="channel"):
        plan(channel="pigeon")


def test_keys_are_made_from_names_and_never_taken_twice(shop):
    today = f"audience-{timezone.localdate():%Y-%m-%d}"
    names = ("Spring Sale", "Spring Sale", "春季", "秋季 90", "Spring")
    assert [plan(name=name).key for name in names] == ["spring-sale", "spring-sale-2", today, f"{today}-2", "spring"]


def test_every_change_is_in_the_access_log(shop):
    audience = plan()
    services.update_audience(audience=audience, by=None, name="Summer")
    freeze(audience)
    services.reopen_audience(audience=audience, by=None)
    entries = AccessLog.objects.filter(object_kind="audience", object_key=audience.key).order_by("id")
    actions = [f"audience.{action}" for action in ("create", "update", "freeze", "reopen")]
    assert list(entries.values_list("action", flat=True)) == actions
