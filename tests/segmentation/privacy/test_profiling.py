"""Who refuses to be profiled stays a customer, and nothing that is concluded by statistics or models speaks of them."""

import pytest
from django.test import Client
from pyroaring import BitMap

from customers import consent, profiling
from customers.ingest.contents import consents as consent_files
from customers.models import Consent, Customer
from segmentation.audiences import services as audiences
from segmentation.audiences.profiled import by_profiling
from segmentation.lake import delta
from segmentation.lake.tables import FEATURES
from segmentation.lake.versions import current_source
from segmentation.recommendation import selectors as recommendation
from segmentation.runs.models import Run
from segmentation.scores import store as scores
from segmentation.segments.services import create_segment
from segmentation.sets import store
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.models import NamedSet
from segmentation.tags import services
from segmentation.tags.facts import Facts
from segmentation.tags.models import Category
from segtag_site.pages.customer_360 import _tags as tags_shown
from tests.segmentation.corner_shop import AS_OF, computed, customer
from tests.segtag_site.shop import user_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
BANDS = [{"key": key, "zh": key, "en": key} for key in ("low", "high")]
BY_RULE = {"version": 1, "rule": {"event": "Order Completed", "measure": {"count": True}, "op": "at_least", "value": 1,
                                  "window": {"all_time": True}}}  # fmt: skip
OLD = {"version": 1, "rule": {"trait": "age", "op": "at_least", "value": 25}}
DEFINITIONS = {
    "rule": {"values": [{"key": "buyer", "zh": "买", "en": "Buyer", "rule": BY_RULE}]},
    "aged": {"values": [{**BANDS[0], "rule": OLD}, {**BANDS[1], "rule": BY_RULE}]},
    "statistic": {"feature": "monetary", "by": "bounds", "cuts": [100], "names": BANDS},
    "cluster": {"features": ["monetary", "frequency"], "k": 3},
    "collaborative": {"tag": "aged"},
    "propagated": {"tag": "aged"},
}


@pytest.fixture
def shop() -> int:
    """A tag of each kind, all computed, and recommendations; the number of Ann, who is in all of them."""
    category = Category.objects.first() or services.create_category(key="c", name_zh="类", name_en="C")
    for key, definition in DEFINITIONS.items():
        kind = "rule" if key == "aged" else key
        made = services.create_tag(
            key=key, category=category, kind=kind, definition=definition, name_zh="签", name_en="Tag"
        )
        services.publish_tag(tag=made, by=None)
    plan = recommendation.the_plan()
    plan.fewest_buyers = 2
    plan.save()
    compute()
    return customer("ann")


def compute() -> None:
    tags = [("tags.compute", key) for key in DEFINITIONS]
    for kind, subject in [("profiles.compute", ""), *tags, ("recommendation.compute", "")]:
        run = computed(kind, subject)
        assert run.state == Run.State.SUCCEEDED, (kind, subject, run.error)


def tags_with(number: int) -> set[str]:
    named = NamedSet.objects.filter(kind="tag_value", current__isnull=False)
    return {one.key for one in named if number in store.current(one.kind, one.key, one.value)}


def feature_rows(number: int) -> int:
    ids = delta.opened(FEATURES).to_pyarrow_table(columns=["customer_id"])["customer_id"].to_pylist()
    return ids.count(number)


def audience(include: dict, **more: object) -> audiences.Audience:
    return audiences.create_audience(
        by=None, key="", name="A", channel="email", include=include, holdout_percent=0, **more
    )


def test_after_the_next_run_no_profile_row_is_left(shop: int) -> None:
    assert {"statistic", "cluster", "propagated"} <= tags_with(shop)
    assert scores.mentions([shop]) > 0
    assert feature_rows(shop) == 1
    others = {key: len(store.current("tag_value", "statistic", key)) for key in ("low", "high")}

    profiling.refuse(customer=Customer.objects.get(pk=shop), source="form")
    compute()

    assert tags_with(shop) == {"rule", "aged"}, "what people wrote as rules stays, conclusions go"
    assert scores.mentions([shop]) == 0
    assert feature_rows(shop) == 0
    left = {key: len(store.current("tag_value", "statistic", key)) for key in ("low", "high")}
    assert sum(left.values()) == sum(others.values()) - 1
    offers = recommendation.offers_of(shop)
    assert (offers.again, offers.source) == ([], "popularity")
    assert offers.fresh

    profiling.allow(customer=Customer.objects.get(pk=shop), source="form")
    compute()
    assert {"statistic", "cluster", "propagated"} <= tags_with(shop)


def test_before_the_next_run_nothing_is_shown_or_sent_either(shop: int) -> None:
    ann = Customer.objects.get(pk=shop)
    consent.record([(shop, "email", True, AS_OF)], source="form")
    chosen = audience({"version": 1, "rule": {"tag": "statistic", "op": "one_of", "value": ["low", "high"]}})
    by_rule = audience(BY_RULE)
    best = audience(BY_RULE, size_limit=50, size_by="feature.monetary")
    assert [by_profiling(one) for one in (chosen, by_rule, best)] == [True, False, True]
    assert shop in audiences.preview_waterfall(chosen, AS_OF).reached

    profiling.refuse(customer=ann, source="form")

    fall = audiences.preview_waterfall(chosen, AS_OF)
    assert fall.members("unprofiled") == BitMap([shop])
    assert shop not in fall.reached
    assert shop not in audiences.preview_waterfall(best, AS_OF).reached
    assert shop in audiences.preview_waterfall(by_rule, AS_OF).reached
    assert {one.tag.key for one in tags_shown(shop, True)} == {"rule", "aged"}
    assert recommendation.offers_of(shop).source == "popularity"
    products = [row.product for row in recommendation.product_page("", 1)]
    assert shop not in {one.customer.pk for p in products for one in recommendation.prospects_of(p)}
    page = Client()
    page.force_login(user_of("viewer"))
    shown = page.get(f"/customers/{shop}/")
    assert shown.context["unprofiled"]
    assert shown.context["features"] == []


def test_a_segment_that_refers_to_a_profile_makes_an_audience_by_profiling() -> None:
    rule = {"version": 1, "rule": {"feature": "monetary", "op": "at_least", "value": 1}}
    create_segment(key="rich", name_zh="富", name_en="Rich", rule=rule, by=None)
    assert by_profiling(audience({"version": 1, "rule": {"segment": "rich"}}))


def test_the_switch_is_told_by_page_api_and_file() -> None:
    ann = Customer.objects.get(pk=customer("ann"))
    officer = Client()
    officer.force_login(user_of("privacy-officer"))

    officer.post(f"/customers/{ann.pk}/profiling/")
    assert profiling.refuses(ann.pk)
    officer.post(f"/customers/{ann.pk}/profiling/", {"allow": "1"})
    assert not profiling.refuses(ann.pk)

    told = {"purpose": "profiling", "granted": False}
    path = f"/api/v1/customers/{ann.pk}/consents"
    assert officer.post(path, told, content_type="application/json").status_code == 201
    assert profiling.refusing() == {ann.pk}
    for wrong in ({**told, "channel": "email"}, {"granted": True}):
        assert officer.post(path, wrong, content_type="application/json").status_code == 400

    later = Consent.objects.latest("at").at
    consent.record([(ann.pk, consent_files._CHANNELS["画像"], True, later.replace(year=later.year + 1))], source="file")
    assert not profiling.refuses(ann.pk)
    assert Consent.objects.filter(purpose="profiling").count() == 4


def test_models_are_told_nothing_of_who_refused() -> None:
    ann = customer("ann")
    facts = Facts(current_source(), AS_OF, rule_catalog())
    left = facts.without(BitMap([ann]))
    asked = (
        lambda f: f.histories.ids,
        lambda f: f.features(["monetary"]).ids,
        lambda f: f.items("Order Completed", "category", None).ids,
        lambda f: f.ends("Order Completed", "category", "items", "first", None).ids,
        lambda f: f.periods("Order Completed", "days", None).ids,
        lambda f: f.everybody,
        lambda f: f.answer(BY_RULE),
    )
    for number, ask in enumerate(asked):
        assert set(ask(facts)) - set(ask(left)) == {ann}, number


def test_of_merged_customers_the_newest_answer_counts() -> None:
    ann, bob = (Customer.objects.get(pk=customer(name)) for name in ("ann", "bob"))
    profiling.refuse(customer=bob, source="form")
    Customer.objects.filter(pk=bob.pk).update(merged_into=ann)
    assert profiling.refusing() == {ann.pk}
    assert profiling.refuses(ann.pk)
    profiling.allow(customer=ann, source="form")
    assert profiling.refusing() == set()
