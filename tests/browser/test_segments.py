"""Segments and the rule builder in a real browser."""

import json
import re

import pytest
from django.utils import timezone

from segmentation.segments.models import Segment
from segmentation.sets import answers, store
from tests.browser.conftest import LOOKS, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/segments/",
    "/segments/high-value/",
    "/new-segment/",
    "/segments/churn-risk/edit/",
    "/members/segment/loyal/",
)
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


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_every_page_of_segments_fits_the_window_and_draws_no_complaint(visit, shop, language, width, dark):
    visitor = visit(language=language, width=width, dark=dark)
    for path in PAGES:
        visitor.open(path)
        assert visitor.width_beyond_the_window() <= 0, path
    assert visitor.complaints == []


# --- The builder ---------------------------------------------------------------------------------------------------


class Builder:
    """The builder on a page, by what one sees."""

    def __init__(self, visitor: Visit, path: str) -> None:
        self.visitor, self.page = visitor, visitor.page
        visitor.open(path)
        self.page.wait_for_selector(".builder-root")

    @property
    def document(self) -> dict:
        """The rule that the form would send."""
        return json.loads(self.page.input_value("input[name=rule]") or "null")

    def count(self) -> int:
        """The count once it has come."""
        self.page.wait_for_selector(".builder-answer:not(.builder-asking) [data-count]")
        self.page.locator("[data-count]").filter(has_text=re.compile(r"\d")).wait_for()
        return int(self.page.inner_text("[data-count]").replace(",", ""))

    def count_after(self, change) -> int:
        """The count that the server answers to a change."""
        with self.page.expect_response("**/rules/preview?*"):
            change()
        return self.count()

    def add(self, about: str) -> None:
        """A condition, chosen by typing what it is about."""
        self.page.click(".builder-root > .builder-add [data-add]")
        self.wait_for_the_list()
        self.page.keyboard.type(about)
        self.page.keyboard.press("Enter")

    def wait_for_the_list(self) -> None:
        self.page.locator(".ts-control input:focus").wait_for(state="attached")

    def paste(self, document: dict) -> None:
        self.page.click("button:has-text('JSON')")
        self.page.fill(".builder-json", json.dumps(document))
        self.page.click("button:has-text('Use this rule')")


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


# --- From the builder to the segment ---------------------------------------------------------------------------------


def test_a_changed_rule_shows_who_enters_and_leaves_before_it_is_saved(visit, shop):
    visitor = visit()
    builder = Builder(visitor, "/segments/high-value/edit/")
    before = store.current("segment", "high-value")
    builder.count()
    days = builder.page.locator(".builder-window input[type=number]")
    with builder.page.expect_response("**/compare/") as compared:
        days.fill("7")
    after = answers.answer(builder.document, as_of=timezone.now())
    assert compared.value.ok
    assert f"−{len(before - after)}" in builder.page.inner_text("#change")
    visitor.page.click("button:has-text('Save')")
    visitor.page.wait_for_url("**/segments/high-value/")
    assert Segment.objects.get(key="high-value").live_version.number == 2
    assert visitor.complaints == []
