"""The rule builder in a real browser: every change by hand or keyboard, counted by the server."""

import re

import pytest
from django.utils import timezone

from customers.consent import grant
from customers.models import Customer
from segmentation.sets import answers
from tests.browser.building import Builder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SPENT = {"feature": "monetary", "op": "at_least", "value": 1000}
EVERYTHING = {
    "version": 1,
    "base": {"population": "active", "days": 90},
    "timezone": "Asia/Shanghai",
    "rule": {
        "all": [
            {"any": [SPENT, {"not": {"all": [{"segment": "loyal"}, {"tag": "spending-power", "op": "is_missing"}]}}]},
            {
                "items_of": "Order Completed",
                "where": {"all": [{"property": "category", "op": "one_of", "value": ["GROCERY"], "fold": True}]},
                "measure": {"sum": "amount"},
                "op": "between",
                "value": [1, 100000],
                "window": {"days_ago": {"from": 200, "to": 1}},
            },
            {"trait": "age_band", "op": "is_not", "value": "65+", "missing": "include"},
            {"event": "Order Completed", "measure": {"count": True}, "op": "at_least", "value": 1,
             "window": {"between": ["2020-01-01T00:00:00+08:00", "2090-01-01T00:00:00+08:00"]}},
            {"any": [
                {"first_ever": {"event": "Order Completed"}, "window": {"calendar": "this_year"}},
                {"stopped": {"event": "Order Completed"}, "times": 2, "lately": {"recent_days": 30}},
                {"restarted": {"event": "Order Completed"}, "after_days": 30, "window": {"recent_days": 60}},
                {"regularly": {"event": "Order Completed"}, "at_least": 2, "of": {"past_months": 4}},
                {"sequence": [{"event": "Coupon Redeemed"}, {"event": "Order Completed",
                    "where": {"all": [{"property": "total", "op": "at_least", "value": 5}]}, "within": {"days": 7},
                    "without": {"event": "Campaign Received"}}], "window": {"recent_days": 90}},
                {"share": {"event": "Order Completed"}, "among": {"event": "Order Completed"},
                 "measure": {"sum": "total"}, "op": "at_least", "value": 50, "window": {"recent_days": 90}},
                {"more_often": {"event": "Order Completed"}, "window": {"calendar": "this_month"},
                 "than": {"event": "Order Completed", "window": {"calendar": "last_month"}}},
                {"top": {"percent": 10}, "by": {"event": "Order Completed", "measure": {"sum": "total"}},
                 "window": {"recent_days": 90}},
                {"event": "Order Completed", "measure": {"days_since": True}, "op": "at_most", "value": 30,
                 "window": {"all_time": True}},
                {"trait": "first_seen", "op": "anniversary", "value": {"next_days": 30}},
            ]},
        ]
    },
}  # fmt: skip


def answered(document: dict) -> int:
    return len(answers.answer(document, as_of=timezone.now()))


def test_a_rule_is_built_from_nothing_by_the_keyboard_alone(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=")
    builder.page.focus(".builder-root > .builder-add [data-add]")
    builder.page.keyboard.press("Enter")
    builder.wait_for_the_list()
    builder.page.keyboard.type("Total spent")
    builder.page.keyboard.press("Enter")
    builder.page.wait_for_selector(".builder-fields input[type=number]")
    builder.page.keyboard.press("Tab")  # the operator
    builder.page.keyboard.press("Tab")  # its value
    counted = builder.count_after(lambda: builder.page.keyboard.type("1000"))
    assert builder.document["rule"] == {"all": [SPENT]}
    assert counted == answered({"version": 1, "rule": SPENT})
    assert builder.visitor.complaints == []


def test_every_change_is_counted_exactly(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=churn-risk")
    counts = [builder.count()]
    number = builder.page.locator(".builder-fields input[type=number]").first
    counts.append(builder.count_after(lambda: number.fill("2")))
    counts.append(builder.count_after(lambda: builder.page.click("button:has-text('Any of these')")))
    assert counts[-1] == answered(builder.document)
    assert len(set(counts)) == 3
    alone = [int(text.replace(",", "")) for text in builder.page.locator(".builder-found:visible").all_inner_texts()]
    assert alone == [answered({"version": 1, "rule": part}) for part in builder.document["rule"]["any"]]


def test_an_estimate_is_shown_until_the_count_is_there(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=churn-risk")
    builder.count()
    about = {"count": 1234, "low": 1200, "high": 1300, "level": 0.95, "sample": 20000}
    counting = []

    def estimate_first(route):
        if "quick=true" in route.request.url:
            route.fulfill(json={"count": None, "base_count": None, "leaves": {}, "sample": [], "estimate": about})
        else:
            counting.append(route)

    builder.page.route("**/rules/preview?*", estimate_first)
    with builder.page.expect_request(lambda asked: "/rules/preview?" in asked.url and "quick" not in asked.url):
        builder.page.locator(".builder-fields input[type=number]").first.fill("3")
    builder.page.wait_for_selector("[data-between]:visible")
    assert builder.page.inner_text("[data-count]") == "about 1,234"
    assert "1,200" in builder.page.inner_text("[data-between]")
    counting[0].continue_()
    builder.page.wait_for_selector("[data-between]", state="hidden")
    assert builder.count() == answered(builder.document)


def test_an_answer_that_comes_late_is_not_shown(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=churn-risk")
    builder.count()
    number = builder.page.locator(".builder-fields input[type=number]").first
    slow = []

    def hold_back_the_first(route):
        if slow:
            route.continue_()
        else:
            slow.append(route)

    builder.page.route("**/rules/preview?*", hold_back_the_first)
    number.fill("2")
    builder.page.wait_for_timeout(600)
    counted = builder.count_after(lambda: number.fill("3"))
    slow[0].abort()
    builder.page.wait_for_timeout(300)
    assert builder.count() == counted == answered(builder.document)


def test_behaviour_is_found_by_the_words_of_marketers_and_told_as_a_pattern(visit, shop):
    builder = Builder(visit(language="zh-hans"), "/new-segment/?template=")
    builder.add("流失")
    counted = builder.count_after(lambda: builder.page.locator(".builder-fields input[type=number]").first.fill("2"))
    [lapsed] = builder.document["rule"]["all"]
    assert lapsed == {"stopped": {"event": "Order Completed"}, "times": 2, "lately": {"recent_days": 90}}
    assert counted == answered(builder.document)
    builder.page.select_option("select[data-told]", "sequence")
    builder.page.click("button[data-add-step]")
    builder.count()
    step = {"event": "Order Completed", "within": {"days": 7}}
    [followed] = builder.document["rule"]["all"]
    assert followed == {"sequence": [{"event": "Order Completed"}, step, step], "window": {"recent_days": 90}}
    assert builder.visitor.complaints == []


def test_undo_and_redo_walk_through_the_changes(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=high-value")
    before = builder.document
    builder.add("Favourite category")
    builder.page.wait_for_timeout(1000)
    builder.page.click("button:has-text('Any of these')")
    after = builder.document
    while builder.page.is_enabled("button[aria-label='Undo']"):
        builder.page.click("button[aria-label='Undo']")
    assert builder.document == before
    while builder.page.is_enabled("button[aria-label='Redo']"):
        builder.page.click("button[aria-label='Redo']")
    assert builder.document == after


def test_a_pasted_rule_is_shown_and_sent_as_it_was(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=")
    builder.paste(EVERYTHING)
    assert builder.document == EVERYTHING
    assert builder.page.locator(".builder-condition code").count() == 0
    assert builder.count() == answered(EVERYTHING)
    assert builder.visitor.complaints == []


def test_what_the_builder_has_no_fields_for_is_kept_word_for_word(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=")
    strange = {"version": 1, "rule": {"all": [SPENT, {"sequence": [{"event": "A"}], "odd": 1}]}}
    builder.paste(strange)
    assert builder.document["rule"] == strange["rule"]
    builder.page.wait_for_selector(".builder-wrong code")


def test_groups_nest_and_conditions_move_into_them_and_out_again(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=")
    builder.paste({"version": 1, "rule": {"all": [SPENT, {"any": [{"segment": "loyal"}, {"segment": "rising"}]}]}})

    def choose(condition: int, action: str) -> None:
        menus = builder.page.locator(".builder-condition [data-menu]")
        menus.nth(condition).click()
        builder.page.locator(".dropdown-menu.show button").filter(has_text=re.compile(rf"^\s*{action}")).last.click()

    choose(0, "Move down")
    assert builder.document["rule"] == {"all": [{"any": [SPENT, {"segment": "loyal"}, {"segment": "rising"}]}]}
    choose(0, "Move up")
    choose(0, "Negate")
    loyal_or_rising = {"any": [{"segment": "loyal"}, {"segment": "rising"}]}
    assert builder.document["rule"] == {"all": [{"not": SPENT}, loyal_or_rising]}
    choose(2, "Put into a group")
    assert builder.document["rule"]["all"][1] == {"any": [{"segment": "loyal"}, {"all": [{"segment": "rising"}]}]}
    choose(2, "Remove")
    choose(0, "Remove")
    assert builder.document["rule"] == {"all": [{"any": [{"segment": "loyal"}]}]}
    assert builder.visitor.complaints == []


def test_a_condition_is_dragged_to_another_place(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=high-value")
    before = builder.document["rule"]["all"]
    handles = builder.page.locator(".builder-root > .builder-parts > .builder-part > .builder-condition [data-handle]")
    start, end = handles.nth(1).bounding_box(), handles.nth(0).bounding_box()
    builder.page.mouse.move(start["x"] + 5, start["y"] + 8)
    builder.page.mouse.down()
    builder.page.mouse.move(start["x"] + 5, start["y"] - 10, steps=5)
    builder.page.mouse.move(end["x"] + 5, end["y"] - 6, steps=10)
    builder.page.wait_for_timeout(300)
    builder.page.mouse.up()
    builder.page.wait_for_timeout(300)
    assert builder.document["rule"]["all"] == before[::-1]


def test_values_are_suggested_from_the_data(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=category-fans")
    field = builder.page.locator(".builder-where .builder-list .ts-control input")
    with builder.page.expect_response("**/catalog/values*"):
        field.click()
    builder.page.wait_for_selector(".ts-dropdown .option:has-text('GROCERY')")
    builder.page.keyboard.type("GROC")
    builder.page.click(".ts-dropdown .option:has-text('GROCERY')")
    builder.count()
    category = builder.document["rule"]["where"]
    assert category == {"property": "category", "op": "is", "value": "GROCERY"}


def test_a_negative_comparison_asks_about_customers_without_a_value(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=")
    builder.paste({"version": 1, "rule": {"all": [{"trait": "age_band", "op": "is", "value": "65+"}]}})
    builder.page.select_option("select[aria-label='Comparison']", "is_not")
    left_out = builder.count()
    assert builder.document["rule"]["all"][0]["missing"] == "exclude"
    asks = builder.page.locator("label:has-text('Customers without a value') select")
    included = builder.count_after(lambda: asks.select_option("include"))
    assert builder.document["rule"]["all"][0]["missing"] == "include"
    assert included > left_out


def test_an_unfinished_rule_is_not_sent(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=high-value")
    builder.add("Favourite category")
    builder.page.click("button:has-text('Save and compute')")
    assert "One condition is not finished" in builder.page.inner_text(".alert-danger:visible")
    assert builder.page.url.endswith("template=high-value")


def test_a_rule_refused_by_the_server_shows_why_at_the_condition(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=")
    builder.paste({"version": 1, "rule": {"all": [SPENT, {"feature": "no_such_thing", "op": "is", "value": 1}]}})
    wrong = builder.page.wait_for_selector(".builder-wrong .builder-problem:has-text('no_such_thing')")
    assert builder.page.locator(".builder-wrong").count() == 1
    assert wrong.is_visible()


def test_a_step_of_a_sequence_changes_places_with_its_neighbours(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=")
    steps = [
        {"event": "Coupon Redeemed"},
        {"event": "Campaign Received", "within": {"days": 7}},
        {"event": "Order Completed"},
    ]
    builder.paste({"version": 1, "rule": {"sequence": steps, "window": {"recent_days": 90}}})
    builder.page.locator("button[aria-label='Later']:enabled").click()
    builder.page.locator("button[aria-label='Earlier']").first.click()
    told = builder.document["rule"]["sequence"]
    assert [step["event"] for step in told] == ["Order Completed", "Coupon Redeemed", "Campaign Received"]
    assert told[1]["within"] == {"days": 7}
    assert builder.visitor.complaints == []


def test_whose_days_count_is_chosen_and_undone(visit, shop):
    builder = Builder(visit(), "/new-segment/?template=churn-risk")
    builder.count()
    builder.page.click(".builder-zone .ts-control")
    builder.page.keyboard.type("New_York")
    builder.count_after(lambda: builder.page.click(".ts-dropdown .option:has-text('America/New_York')"))
    assert builder.document["timezone"] == "America/New_York"
    builder.page.click("button[aria-label='Undo']")
    assert builder.document.get("timezone", "Asia/Shanghai") == "Asia/Shanghai"


def test_consent_for_another_purpose_is_chosen_where_there_is_any(visit, shop):
    grant(customer=Customer.objects.earliest("pk"), channel="email", source="test", purpose="newsletter")
    builder = Builder(visit(), "/new-segment/?template=high-value")
    builder.page.locator(".builder-bar select").first.select_option("contactable")
    builder.page.select_option("select[aria-label='Consent for']", "newsletter")
    assert builder.document["base"]["purpose"] == "newsletter"
