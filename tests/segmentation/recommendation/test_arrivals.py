"""Products that nobody bought, products of one name, and what is left out."""

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from scipy import sparse

from customers.models import Product
from segmentation.recommendation import choosing, selectors
from segmentation.recommendation.arrivals import Described, arrivals
from segmentation.recommendation.catalogue import Catalogue, plain_name
from segmentation.recommendation.lists import lists_of
from segmentation.recommendation.purchases import Shop
from segtag_site.roles import assign_role, ensure_roles
from tests.segmentation.corner_shop import computed, customer

CUSTOMERS, PRODUCTS = 120, 60


def shop_of(times):
    rows = sparse.csr_array(np.asarray(times, np.float32))
    names = [f"p{place}" for place in range(rows.shape[1])]
    return Shop(np.arange(1, rows.shape[0] + 1), names, rows, sparse.csr_array(rows.astype(bool).astype(np.float32)))


@pytest.fixture(scope="module")
def tastes():
    """Odd customers buy of the odd category, even ones of the even; the category is all that is known of a product."""
    odd_products, odd_customers = np.arange(PRODUCTS) % 2, np.arange(CUSTOMERS) % 2
    chance = np.where(odd_customers[:, None] == odd_products, 0.5, 0.02)
    times = (np.random.default_rng(0).random((CUSTOMERS, PRODUCTS)) < chance).astype(np.float32)
    times[:, 0] = 1
    return shop_of(times), Described(
        np.arange(PRODUCTS), [[("even", "odd")[one % 2], "brand"] for one in range(PRODUCTS)]
    )


def test_a_product_that_nobody_bought_goes_to_those_who_like_its_category(tastes):
    shop, sold = tastes
    unsold = Described(np.array([900, 901, 902]), [["odd"], ["even"], ["nothing like it"]])
    found = arrivals(shop, sold, unsold, seed=0)
    figures = found.report["ndcg"]
    assert max(figures["ridge"], figures["factorization_machine"]) > figures["popularity"]
    assert found.report["products"] == 2
    assert np.mean([found.ids[place][:1] == [900] for place in range(1, CUSTOMERS, 2)]) > 0.9
    assert np.mean([found.ids[place][:1] == [901] for place in range(0, CUSTOMERS, 2)]) > 0.9
    assert {why for whys in found.because for why in whys} == {"odd", "even"}
    best = dict(zip(found.products["id"].to_pylist(), found.products["customers"].to_pylist(), strict=True))
    assert np.mean([id % 2 == 0 for id in best[900][:40]]) > 0.9


def test_the_same_seed_gives_the_same_offers_and_features_that_tell_nothing_give_none(tastes):
    shop, sold = tastes
    unsold = Described(np.array([900, 901]), [["odd"], ["even"]])
    assert arrivals(shop, sold, unsold, seed=3) == arrivals(shop, sold, unsold, seed=3)
    blind = Described(sold.ids, [["same"]] * PRODUCTS)
    assert arrivals(shop, blind, Described(np.array([900]), [["same"]]), seed=0).ids == []


def test_products_of_one_name_are_one_in_every_list_and_reason():
    """Products 0 and 1 are one ramen in two sizes, 2 and 3 one soup; everybody bought a ramen and salt."""
    names = ["ramen", "ramen", "soup", "soup", "salt", ""]
    times = np.tile([[3, 0, 1, 1, 2, 1], [2, 4, 0, 0, 2, 0], [2, 0, 0, 1, 3, 1]], (20, 1))
    shop = shop_of(times)
    table, _products = lists_of(
        shop,
        choosing.load("ease").fit(shop.times, seed=0),
        np.arange(6),
        names,
        rest_days=0,
        progress=lambda done, total: None,
    )
    rows = {row["id"]: row for row in table.to_pylist()}
    assert rows[2]["again"] == [1, 4]
    assert set(rows[2]["fresh"]) <= {2, 3, 5}
    assert len({names[product] for product in rows[2]["fresh"]}) == len(rows[2]["fresh"])
    # The other ramen is not new to who bought one.
    assert 1 not in rows[1]["fresh"]
    for row in rows.values():
        assert all(len({names[one] for one in reasons}) == len(reasons) for reasons in row["because"])


@pytest.mark.django_db
def test_new_products_are_the_newest_unsold_ones_of_different_names_that_can_be_had():
    for sku, more in (
        ("old", {"name": "Old"}),
        ("a", {"name": "Tea 1 LB", "attributes": {"package_size": "1 LB"}}),
        ("b", {"name": "Tea 2 LB", "attributes": {"package_size": "2 LB"}, "category_path": ["drinks", "tea"]}),
        ("gone", {"name": "Gone", "attributes": {"in_stock": False}}),
        ("fuel", {"name": "Fuel", "category_path": ["fuel"]}),
    ):
        Product.objects.create(sku=sku, **more)
    plan = selectors.the_plan()
    plan.excluded_categories = ["fuel"]
    catalogue = Catalogue(plan)
    [found] = catalogue.unsold({"old"})
    assert Product.objects.get(pk=found).sku == "b"
    assert plain_name(Product.objects.get(pk=found)) == "tea"
    assert catalogue.features([found]) == [["drinks", "drinks / tea"]]


@pytest.mark.django_db
@pytest.mark.usefixtures("corner_shop")
def test_a_marketer_sees_how_the_lists_are_made_and_an_operator_leaves_categories_out(client):
    plan = selectors.the_plan()
    plan.fewest_buyers = 2
    plan.save()
    run = computed("recommendation.compute")
    assert "bread" in run.result["categories"]
    ensure_roles()
    user = User.objects.create_user("boss")
    assign_role(user=user, key="operator")
    client.force_login(user)
    page = client.get(reverse("segmentation:product_list"))
    assert run.result["algorithm_zh"] in page.content.decode()
    told = {"categories": ["bread"], "rest_days": 3}
    assert client.post(reverse("segmentation:recommendation_rules"), told).status_code == 302
    assert (selectors.the_plan().excluded_categories, selectors.the_plan().rest_days) == (["bread"], 3)
    offers = selectors.offers_of(customer("fay"))
    assert "bread" not in {offer.product.category_path[:1][0] for offer in offers.fresh if offer.product.category_path}
    client.post(reverse("segmentation:recommendation_rules"), {"rest_days": -1})
    assert selectors.the_plan().rest_days == 3


@pytest.mark.django_db
@pytest.mark.usefixtures("corner_shop")
def test_an_answer_can_leave_out_more_than_the_shop_does():
    plan = selectors.the_plan()
    plan.fewest_buyers = 2
    plan.save()
    computed("recommendation.compute")
    everything = {offer.product.sku for offer in selectors.offers_of(customer("ann")).again}
    without = {offer.product.sku for offer in selectors.offers_of(customer("ann"), without=["bread"]).again}
    assert everything - without == {"bread-1"}
    assert selectors.the_plan().excluded_categories == []
