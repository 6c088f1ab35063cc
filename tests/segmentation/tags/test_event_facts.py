"""First and last values and active periods, held against the shop's events one by one."""

from zoneinfo import ZoneInfo

import pytest

from customers.models import Event
from segmentation.tags import services
from segmentation.tags.models import Category
from tests.segmentation.corner_shop import AS_OF, computed
from tests.segmentation.tags.test_computing import members

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
ZONE = ZoneInfo("Asia/Shanghai")


def tag(kind, definition):
    category = Category.objects.first() or services.create_category(key="c", name_zh="类", name_en="C")
    made = services.create_tag(
        key="some", category=category, kind=kind, definition=definition, name_zh="签", name_en="T"
    )
    services.publish_tag(tag=made, by=None)
    run = computed("tags.compute", "some")
    assert run.error == ""
    return members("some")


def orders():
    return Event.objects.filter(name="Order Completed", time__lte=AS_OF).order_by("time", "pk")


@pytest.mark.parametrize("which", ["first", "last"])
def test_the_first_and_last_category_are_those_of_the_edge_order(which):
    found = tag("first_last", {"event": "Order Completed", "property": "category", "which": which})
    edge, categories = {}, {}
    for event in orders() if which == "last" else orders().reverse():
        if edge.get(event.customer_id) != event.time:
            edge[event.customer_id], categories[event.customer_id] = event.time, set()
        categories[event.customer_id] |= {item["category"] for item in _items(event)}
    assert {pk: key for key, having in found.items() for pk in having} == {pk: min(c) for pk, c in categories.items()}


@pytest.mark.parametrize(("unit", "least"), [("days", 10), ("weeks", 8), ("months", 4)])
def test_active_periods_are_counted_in_the_shop_s_days(unit, least):
    names = [{"key": "few", "zh": "少", "en": "Few"}, {"key": "many", "zh": "多", "en": "Many"}]
    found = tag("distribution", {"event": "Order Completed", "unit": unit, "cuts": [least], "names": names})
    periods = {}
    for event in orders():
        day = event.time.astimezone(ZONE).date()
        period = {"days": day, "weeks": day.isocalendar()[:2], "months": (day.year, day.month)}[unit]
        periods.setdefault(event.customer_id, set()).add(period)
    assert set(found["many"]) == {pk for pk, seen in periods.items() if len(seen) >= least}
    assert set(found["few"]) == {pk for pk, seen in periods.items() if len(seen) < least}
    assert found["many"]
    assert found["few"]


def _items(event):
    from customers.models import Product

    categories = {product.sku: product.category_path[-1] for product in Product.objects.all()}
    first = {product.sku: product.category_path[0] for product in Product.objects.all()}
    return [{"category": first.get(item["sku"], categories.get(item["sku"]))} for item in event.properties["products"]]
