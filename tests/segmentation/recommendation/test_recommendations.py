"""From orders to the two lists of a customer and the best customers of a product."""

import numpy as np
import pytest
from scipy import sparse

from customers.ingest.pipeline import ingest
from customers.ingest.records import CustomerRecord
from customers.models import Customer, Product
from segmentation.recommendation import selectors
from segmentation.recommendation.cold_start import FactorizationMachine, RidgeMap, elect
from segmentation.recommendation.lists import BestCustomers
from segmentation.runs.models import Run
from segmentation.scores import store
from tests.segmentation.corner_shop import AS_OF, computed, customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommended(corner_shop) -> Run:
    plan = selectors.the_plan()
    plan.fewest_buyers = 2
    plan.save()
    run = computed("recommendation.compute")
    assert run.state == Run.State.SUCCEEDED, run.error
    return run


def skus(offers) -> list[str]:
    return [offer.product.sku for offer in offers]


def test_what_is_bought_most_often_comes_first_in_buy_again(recommended):
    offers = selectors.offers_of(customer("ann"))
    assert set(skus(offers.again)) == {"flowers-1", "bread-1"}
    assert offers.again[0].times == len(range(1, 200, 3))
    assert offers.source == "purchases"


def test_nothing_new_was_bought_before_and_each_has_its_reason(recommended):
    offers = selectors.offers_of(customer("dan"))
    assert "bread-1" not in skus(offers.fresh)
    reasons = [reason.sku for offer in offers.fresh for reason in offer.because]
    assert set(reasons) <= {"bread-1"}


def test_a_reason_tells_the_whole_score_of_who_bought_one_thing(recommended):
    for offer in selectors.offers_of(customer("dan")).fresh:
        if offer.because:
            assert sum(offer.amounts) == pytest.approx(offer.score, abs=1e-5)


def test_who_never_bought_gets_what_sells_best(recommended):
    offers = selectors.offers_of(customer("fay"))
    assert offers.again == []
    assert offers.source == "popularity"
    assert skus(offers.fresh)[0] == "bread-1"


def test_who_came_after_the_run_gets_what_sells_best(recommended):
    assert not ingest([CustomerRecord("late", AS_OF)]).refused
    offers = selectors.offers_of(Customer.objects.get(external_id="late").pk)
    assert skus(offers.fresh)[0] == "bread-1"


def test_lists_of_many_say_what_each_one_is_told_with_no_more_questions_for_more_customers(
    recommended, django_assert_max_num_queries
):
    assert not ingest([CustomerRecord("late", AS_OF)]).refused
    Product.objects.filter(sku="flowers-1").update(attributes={"in_stock": False})
    lists = selectors.Lists(4)
    ids = list(Customer.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(3):
        told = lists.of(ids)
    for pk in ids:
        offers = selectors.offers_of(pk, count=4)
        assert [product.sku for product in told[pk]] == [*skus(offers.again)[:2], *skus(offers.fresh)][:4]
    assert len({tuple(products) for products in told.values()}) > 2


def test_what_is_sold_out_is_not_offered(recommended):
    Product.objects.filter(sku="bread-1").update(attributes={"in_stock": False})
    assert "bread-1" not in skus(selectors.offers_of(customer("ann")).again)
    assert "bread-1" not in skus(selectors.offers_of(customer("fay")).fresh)


def test_excluded_categories_are_offered_to_nobody(recommended):
    plan = selectors.the_plan()
    plan.excluded_categories = ["bread"]
    plan.save()
    assert "bread-1" not in skus(selectors.offers_of(customer("ann")).again)
    run = computed("recommendation.compute")
    assert run.result["products"] == recommended.result["products"] - 1


def test_what_was_bought_lately_rests(recommended):
    plan = selectors.the_plan()
    plan.rest_days = 30
    plan.save()
    computed("recommendation.compute")
    assert selectors.offers_of(customer("ann")).again == []
    assert skus(selectors.offers_of(customer("dan")).again) == ["bread-1"]


def test_the_prospects_of_a_product_have_not_bought_it(recommended):
    product = Product.objects.get(sku="flowers-1")
    prospects = selectors.prospects_of(product)
    assert customer("ann") not in [one.customer.pk for one in prospects]
    assert prospects
    scores = [one.score for one in prospects]
    assert scores == sorted(scores, reverse=True)


def test_the_lists_are_known_as_of_the_base_date(recommended):
    assert recommended.result["customers"] == store.table(selectors.CUSTOMERS).num_rows - 1


def test_a_shop_that_sold_too_little_says_so(corner_shop):
    plan = selectors.the_plan()
    plan.fewest_buyers = 10_000
    plan.save()
    run = computed("recommendation.compute")
    assert run.state == Run.State.SUCCEEDED
    assert "10000" in run.result["note"]
    assert selectors.offers_of(customer("ann")).fresh == []


def test_the_best_customers_are_the_same_in_any_batches():
    scores = np.random.default_rng(0).normal(size=(700, 3)).astype(np.float32)
    whole, parts = BestCustomers(3), BestCustomers(3)
    whole.add(np.arange(700), scores)
    for start in range(0, 700, 90):
        parts.add(np.arange(start, min(start + 90, 700)), scores[start : start + 90])
    assert np.array_equal(whole.ids, parts.ids)
    assert whole.ids[0, 0] == scores[:, 0].argmax()


def test_the_machine_is_taken_only_where_it_wins_the_back_test():
    random = np.random.default_rng(0)
    traits = (random.random((400, 6)) < 0.4).astype(np.float32)
    chance = 0.05 + 0.5 * (traits[:, [0]] * (np.arange(20) < 10) + traits[:, [1]] * (np.arange(20) >= 10)) / 2
    bought = sparse.csr_array((random.random((400, 20)) < chance).astype(np.float32))
    election = elect(traits, bought, seed=1)
    figures = election.figures
    wins = figures["factorization_machine"] > figures["ridge"]
    assert isinstance(election.chosen, FactorizationMachine if wins else RidgeMap)
    assert figures["ridge"] > figures["popularity"] + 0.1


@pytest.mark.parametrize("map_of", [RidgeMap.of, FactorizationMachine.of])
def test_what_traits_add_explains_the_score(map_of):
    random = np.random.default_rng(0)
    traits = (random.random((50, 4)) < 0.5).astype(np.float32)
    fitted = map_of(traits, sparse.csr_array((random.random((50, 7)) < 0.3).astype(np.float32)))
    added = sum(part.amount for part in fitted.contributions(traits[3], 2))
    assert fitted.shares[2] + added == pytest.approx(float(fitted.scores(traits[[3]])[0, 2]), abs=1e-5)
