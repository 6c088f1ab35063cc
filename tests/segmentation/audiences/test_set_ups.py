"""Two hundred random set-ups of a shop, its rules of contact and an audience: nobody is exported who must not be."""

import random
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.utils import timezone
from pyroaring import BitMap

from customers.models import Consent, Customer
from segmentation.activation.skipping import sendable
from segmentation.audiences import holdout, services, suppression
from segmentation.audiences.contact_models import ContactPolicy, Suppression
from segmentation.audiences.limits import limits_of, oldest_of_merged, the_policy
from segmentation.audiences.models import Audience, AudienceVersion
from segmentation.audiences.waterfall import STEP_NAMES
from segmentation.lake.versions import current_source
from segmentation.runs.models import Run
from segmentation.sets import store
from tests.campaign import CITIES, NOW, from_city, rule, shared_shop

SET_UPS = 200


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker, tmp_path_factory):
    with shared_shop(tmp_path_factory.mktemp("shop"), django_db_blocker):
        yield


@pytest.fixture
def shop(_shop, db) -> list[Customer]:
    return list(Customer.objects.order_by("pk"))


def test_nobody_suppressed_opted_out_or_held_out_leaves_the_house_in_any_set_up(shop):
    exported = 0
    audiences = [
        services.create_audience(by=None, name=f"No {n}", channel="email", include=from_city("上海")) for n in range(6)
    ]
    for seed in range(SET_UPS):
        chance = random.Random(seed)
        _random_rules(shop, chance)
        audience = _random_plan(chance.choice(audiences), chance)
        fall = services.preview_waterfall(audience, NOW)
        _sums(fall)
        if seed % 5 == 0:  # the same seed, the same customers
            assert services.preview_waterfall(audience, NOW).reached == fall.reached
        version = _freeze(audience, fall)
        _random_entries(chance.sample(shop, 2), chance)  # and some change their mind before it is exported
        sent = sendable(version)
        exported += len(sent.sent)
        assert sum(map(len, sent.skipped.values())) + len(sent.sent) == version.reached.size
        allowed = _may_be_reached(shop, audience)
        assert sent.sent <= allowed, seed
        # Nobody is left out for nothing: without limits of size and frequency every other one is reached.
        if audience.size_limit is None and not the_policy().caps:
            assert sent.sent == fall["excluded"].left & allowed, seed
    assert exported > SET_UPS


def test_the_frequency_cap_counts_campaigns_over_all_frozen_audiences(shop):
    suppression.set_policy(universal_percent=0, caps={"email": {"most": 2, "days": 7}}, by=None)
    everybody = rule({"not": {"trait": "city", "op": "is", "value": "nowhere"}})
    reached = []
    for number in range(3):
        audience = services.create_audience(
            by=None, name=f"No {number}", channel="email", include=everybody, holdout_percent=0
        )
        version = _freeze(audience, services.preview_waterfall(audience, NOW))
        reached.append(store.at_version(version.reached))
    assert reached[0] == reached[1] != BitMap()
    assert reached[2] == BitMap()
    AudienceVersion.objects.update(frozen_at=timezone.now() - timedelta(days=8))
    assert services.preview_waterfall(audience, NOW).reached == reached[0]


def test_a_size_limit_takes_the_best_by_a_feature_and_the_lot_among_equals(shop, monkeypatch):
    ids = [customer.pk for customer in shop]
    monkeypatch.setattr(
        "segmentation.audiences.limits._values",
        lambda rank, as_of, source: (
            holdout.np.array(ids, dtype="uint32"),
            holdout.np.array([float(n // 2) if n % 5 else float("nan") for n in range(len(ids))]),
        ),
    )
    audience = Audience(channel="email", size_limit=7, size_by="feature.monetary", seed=3, holdout_percent=0)
    choice = limits_choice(audience)
    everybody = BitMap(ids)
    best = choice(everybody, 7)
    assert len(best) == 7
    assert best <= BitMap(ids[28:])
    audience.size_lowest = True
    assert limits_choice(audience)(everybody, 7) <= BitMap(ids[:14])


def test_merged_customers_keep_the_lot_of_the_oldest_of_them(shop):
    old, new = shop[0], shop[1]
    salt = UUID(int=5)
    Customer.objects.filter(pk=old.pk).update(merged_into=new)
    stable = oldest_of_merged()
    assert stable == {new.pk: old.pk}
    for percent in range(51):
        as_old = old.pk in holdout.held_out(BitMap([old.pk]), salt=salt, percent=percent)
        merged = holdout.held_out(BitMap(c.pk for c in shop[1:]), salt=salt, percent=percent, stable=stable)
        assert (new.pk in merged) == as_old


def limits_choice(audience: Audience):
    return limits_of(audience, NOW, source=current_source(), now=timezone.now()).choice


def _sums(fall) -> None:
    assert [step.key for step in fall.steps] == list(STEP_NAMES)
    for before, step in pairwise(fall.steps):
        assert step.removed <= before.left
        assert step.left == before.left - step.removed
    counts = fall.counts()
    assert counts[0]["left"] == counts[-1]["left"] + sum(row["removed"] for row in counts)


def _random_rules(shop: list[Customer], chance: random.Random) -> None:
    Suppression.objects.all().delete()
    _random_entries(chance.sample(shop, chance.randrange(8)), chance)
    moment = timezone.now() - timedelta(days=1)
    Consent.objects.bulk_create(
        [
            Consent(customer=c, channel=chance.choice(["email", "sms"]), granted=chance.random() < 0.8, source="random",
                    at=moment + timedelta(seconds=chance.randrange(80_000), microseconds=chance.randrange(10**6)))
            for c in chance.sample(shop, 10)
        ]
    )  # fmt: skip
    caps = {"email": {"most": chance.randrange(1, 4), "days": 9}} if chance.random() < 0.3 else {}
    share = chance.choice([0, 0, 10, 20])
    ContactPolicy.objects.filter(pk=the_policy().pk).update(
        universal_percent=share, universal_salt=UUID(int=chance.getrandbits(128)), caps=caps
    )


def _random_entries(customers: list[Customer], chance: random.Random) -> None:
    entries = [
        Suppression(
            customer=customer,
            channel=chance.choice(["", "email", "sms"]),
            until=timezone.now() + timedelta(days=3) if chance.random() < 0.4 else None,
        )
        for customer in customers
    ]
    Suppression.objects.bulk_create(entries, ignore_conflicts=True)


def _random_plan(audience: Audience, chance: random.Random) -> Audience:
    """Another plan and other lots for it, a draft again."""
    rules = {
        "include": {"version": 1, "rule": {"any": [from_city(city)["rule"] for city in chance.sample(CITIES, 3)]}},
        "exclude": from_city(chance.choice(CITIES)),
    }
    plan = {
        "channel": chance.choice(["email", "email", "sms"]),
        "holdout_percent": chance.choice([0, 0, 10, 50]),
        "size_limit": chance.choice([None, None, 3, 12]),
        "seed": chance.randrange(5),
        "salt": UUID(int=chance.getrandbits(128)),
        "state": Audience.State.DRAFT,
    }
    Audience.objects.filter(pk=audience.pk).update(**rules, **plan)
    return Audience.objects.get(pk=audience.pk)


def _freeze(audience: Audience, fall) -> AudienceVersion:
    run = Run.objects.create(kind="audiences.freeze", subject=audience.key, as_of=NOW, state=Run.State.SUCCEEDED)
    return services.freeze(audience=audience, planned=services.plan_of(audience), fall=fall, run=run)


def _may_be_reached(shop: list[Customer], audience: Audience) -> BitMap:
    """The slow, obvious answer."""
    now, policy = timezone.now(), the_policy()
    entries = Suppression.objects.filter(channel__in=["", audience.channel])
    left_alone = {entry.customer_id for entry in entries if entry.until is None or entry.until > now}
    answers_given = Consent.objects.filter(channel=audience.channel, purpose="marketing").order_by("at")
    newest = {answer.customer_id: answer.granted for answer in answers_given}
    lots = ((policy.universal_salt, policy.universal_percent), (audience.salt, audience.holdout_percent))
    return BitMap(
        customer.pk
        for customer in shop
        if customer.pk not in left_alone
        and newest.get(customer.pk)
        and not any(holdout.held_out(BitMap([customer.pk]), salt=salt, percent=percent) for salt, percent in lots)
    )
