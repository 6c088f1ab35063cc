"""What the kinds get to know of the customers is what happened."""

from collections import Counter
from datetime import timedelta

import pytest

from customers.models import Customer, Event, Product
from segmentation.lake.versions import current_source
from segmentation.sets.catalog import rule_catalog
from segmentation.tags.facts import Facts
from tests.segmentation.corner_shop import AS_OF, CROWD, DAYS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]


def facts(as_of=AS_OF):
    return Facts(current_source(), as_of, rule_catalog())


def bought(first, stop):
    """The items of orders between two instants, counted one by one."""
    categories = dict(Product.objects.values_list("sku", "category_path"))
    counts = Counter()
    for event in Event.objects.filter(name="Order Completed", time__gte=first, time__lt=stop):
        for item in event.properties["products"]:
            counts[event.customer_id, categories[item["sku"]][0]] += 1
    return counts


@pytest.mark.parametrize("as_of", [AS_OF, AS_OF - timedelta(days=40)])
def test_items_are_counted_within_their_window_and_never_after_the_base_date(as_of):
    midnight, after = as_of.replace(hour=0), as_of + timedelta(microseconds=1)
    windows = [(30, midnight - timedelta(days=30), midnight), (None, midnight - timedelta(days=999), after)]
    for past_days, first, stop in windows:
        found = facts(as_of).items("Order Completed", "category", past_days)
        counted = zip(found.ids, found.values, found.counts, strict=True)
        expected = bought(first, stop)
        assert {(int(who), found.texts[value]): int(count) for who, value, count in counted} == dict(expected)
        assert expected


def test_features_have_a_row_for_every_customer_and_tell_their_unit():
    frame = facts().features(["monetary", "favourite_category"])
    assert len(frame.ids) == len(DAYS) + CROWD
    money = frame.columns["monetary"]
    assert (money.type, money.unit, money.labels.zh) == ("number", "currency", "累计消费")
    fay = list(frame.ids).index(Customer.objects.get(external_id="fay").pk)
    assert (money.values[fay], frame.columns["favourite_category"].values[fay]) == (0, None)
    assert frame.columns["favourite_category"].present.sum() == len(frame.ids) - 1


def test_everybody_are_all_customers():
    assert set(facts().everybody) == set(Customer.objects.values_list("pk", flat=True))
