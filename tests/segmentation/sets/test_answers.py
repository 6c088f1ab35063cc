"""The doors to the rule language, on a small shop in the real database and lake."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from pyroaring import BitMap

from customers.models import Trait
from segmentation.rules.problems import RuleError
from segmentation.sets import store
from segmentation.sets.answers import answer, check, engine, preview
from segmentation.sets.catalog import rule_catalog
from segmentation.sets.store import NotComputed
from tests.segmentation.corner_shop import AS_OF, CROWD, DAYS, customer, named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]

ORDER = "Order Completed"
RECENT = {"event": ORDER, "window": {"recent_days": 30}}
FLOWERS = {"property": "category", "op": "is", "value": "flowers"}


def rule(leaf: dict, **parts: object) -> dict:
    return {"version": 1, "rule": leaf, **parts}


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (RECENT, {"ann", "bob", "gus", "hal", "ivy"}),
        ({"not": RECENT}, {"cat", "dan", "eve", "fay"}),
        ({"event": ORDER, "op": "is", "value": 0, "window": {"all_time": True}}, {"fay"}),
        ({"trait": "age", "op": "at_least", "value": 50}, {"cat", "eve", "fay"}),
        ({"trait": "age", "op": "is_missing"}, {"gus", "hal", "ivy"}),
        ({"feature": "frequency", "op": "is", "value": 0}, {"fay"}),
        (
            {
                "event": ORDER,
                "measure": {"average": "total"},
                "op": "more_than",
                "value": 500,
                "window": {"all_time": True},
            },
            {"ivy"},
        ),
        ({"items_of": ORDER, "where": FLOWERS, "op": "at_least", "value": 100, "window": {"all_time": True}}, {"ann"}),
        ({"trait": "first_seen", "op": "before", "value": {"days_ago": 399}}, set(DAYS)),
    ],
)
def test_a_rule_is_answered_from_the_lake(leaf, expected):
    found = named(answer(rule(leaf), as_of=AS_OF))
    assert found == expected


def test_a_preview_counts_what_the_answer_holds():
    document = rule({"all": [RECENT, {"trait": "age", "op": "less_than", "value": 50}]})
    found = preview(document, as_of=AS_OF)
    members = answer(document, as_of=AS_OF)
    assert found.count == len(members) == 2
    assert found.base_count == len(DAYS) + CROWD
    assert set(found.sample) == set(members)
    assert found.funnel["rule.all[0]"] == len(answer(rule(RECENT), as_of=AS_OF))
    assert set(found.funnel) == {"rule.all[0]", "rule.all[1]"}
    assert "最近30天" in found.words["zh"].sentence
    assert "in the recent 30 days" in found.words["en"].sentence


def test_a_preview_samples_twenty_members_and_the_same_ones_again():
    everybody = rule({"trait": "first_seen", "op": "is_present"})
    first, second = preview(everybody, as_of=AS_OF), preview(everybody, as_of=AS_OF)
    assert first.sample == second.sample
    assert len(set(first.sample)) == 20


def test_rules_ask_for_the_newest_sets():
    labels = {"label_zh": "贵宾", "label_en": "VIP"}
    vip = store.named("segment", "vip", **labels)
    document = rule({"all": [RECENT, {"not": {"segment": "vip"}}]})
    with pytest.raises(NotComputed):
        answer(document, as_of=AS_OF)

    store.publish({vip: BitMap([customer("ann")])}, run=None, as_of=AS_OF)
    assert "ann" not in named(answer(document, as_of=AS_OF))

    store.publish({vip: BitMap([customer("bob")])}, run=None, as_of=AS_OF)
    assert {"ann"} <= named(answer(document, as_of=AS_OF))
    assert "bob" not in named(answer(document, as_of=AS_OF))


def test_tags_are_known_with_their_values_in_order():
    for order, (key, en) in enumerate([("high", "High"), ("low", "Low")]):
        store.named(
            "tag_value",
            "power",
            key,
            label_zh="消费",
            label_en="Power",
            value_label_zh=en,
            value_label_en=en,
            order=order,
        )
    tag = rule_catalog().tags["power"]
    assert list(tag.values) == ["high", "low"]
    assert tag.labels.en == "Power"
    assert check(rule({"tag": "power", "op": "is_not", "value": "low"}))


def test_the_catalogue_has_traits_features_events_items_and_channels():
    catalog = rule_catalog()
    assert {"age", "kids_count", "first_seen"} <= set(catalog.traits)
    assert catalog.features["monetary"].type == "number"
    order = catalog.events[ORDER]
    assert {"total", "store", "order_id"} <= set(order.properties) | {"store"}
    assert {"category", "brand", "quantity"} <= set(order.item_properties)
    assert not catalog.events["Campaign Received"].item_properties
    assert catalog.channels["email"].zh != catalog.channels["email"].en


def test_a_trait_called_like_what_all_customers_have_goes_before():
    Trait.objects.create(name="first_seen", type="text", column="t_first_seen")
    assert rule_catalog().traits["first_seen"].type == "text"


def test_a_rule_that_cannot_run_is_refused_with_every_problem():
    with pytest.raises(RuleError) as caught:
        check(rule({"all": [{"trait": "agge", "op": "is", "value": 3}, {"any": []}]}))
    assert [problem.path for problem in caught.value.problems] == ["rule.all[0].trait", "rule.all[1].any"]


def test_the_engine_stays_the_same_one():
    assert engine() is engine()


def test_the_engine_of_the_settings_is_used(settings):
    settings.ENGINE = "memory"
    assert type(engine()).__name__ == "Memory"
    assert named(answer(rule(RECENT), as_of=AS_OF)) == {"ann", "bob", "gus", "hal", "ivy"}


# --- The command line ---


def run(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_customer_numbers(tmp_path):
    path = tmp_path / "rule.json"
    path.write_text(json.dumps(rule({"event": ORDER, "op": "is", "value": 0, "window": {"all_time": True}})))
    assert run("rule_members", str(path), "--as-of", AS_OF.isoformat()) == "fay\n"
    assert run("rule_members", str(path), "--as-of", AS_OF.isoformat(), "--count") == "1\n"


def test_the_command_tells_every_problem(tmp_path):
    path = tmp_path / "rule.json"
    path.write_text(json.dumps(rule({"all": [{"trait": "agge", "op": "is", "value": 3}, {"any": []}]})))
    with pytest.raises(CommandError, match=r"rule\.all\[0\]\.trait: .*\nrule\.all\[1\]\.any: "):
        run("rule_members", str(path))


@pytest.mark.parametrize("text", ["{", "[" * 100_000])
def test_the_command_refuses_what_is_no_json(tmp_path, text):
    path = tmp_path / "rule.json"
    path.write_text(text)
    with pytest.raises(CommandError, match="cannot be read"):
        run("rule_members", str(path))


def test_the_schema_can_be_printed():
    assert json.loads(run("rule_schema"))["title"] == "SegTag rule"
