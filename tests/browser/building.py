"""The rule builder as a person uses it."""

import json
import re

from tests.browser.conftest import Visit


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
