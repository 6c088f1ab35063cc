"""A real browser on the live site; it notes every complaint: console errors, failed answers, requests off the host."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from segtag_site.roles import assign_role, ensure_roles
from tests.browser import computed_shop
from tests.workers import celery_worker

CHROMIUM = Path(os.environ.get("SEGTAG_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# How long, in milliseconds, anything is waited for; a busy machine is slow.
PATIENCE = 90_000
# What htmx says of a question that was on its way when one left the page; a question that fails draws other words.
LEFT = ("htmx:sendAbort", "htmx:afterRequest")
# Language, width, dark: each value meets each other one.
LOOKS = [("zh-hans", 1280, False), ("en", 390, False), ("zh-hans", 390, True), ("en", 1280, True)]


@dataclass
class Visit:
    """One browser window of one signed-in user. `complaints` stays empty on a good site."""

    page: object
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda m: self._complain(m.type in {"error", "warning"}, f"console: {m.text}"))
        self.page.on("pageerror", lambda error: self._complain(True, f"script: {error}"))
        self.page.on("request", lambda r: self._complain(self._is_outside(r.url), f"left the host: {r.url}"))
        self.page.on("response", lambda r: self._complain(r.status >= 400, f"{r.status}: {r.url}"))

    def open(self, path: str, *, until: str = "networkidle") -> None:
        """Opens a page and waits until it is at rest (which takes half a second at least), its pictures drawn."""
        self.page.goto(self.address + path, wait_until=until)
        self.settle()

    def settle(self) -> None:
        waiting = "[...document.querySelectorAll('.chart[data-chart]')].some(chart => !chart.dataset.drawn)"
        for _ in range(50):
            if not self.page.evaluate(waiting):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"a picture was not drawn on {self.page.url}")

    def width_beyond_the_window(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def text(self) -> str:
        return self.page.inner_text("body")

    def _is_outside(self, url: str) -> bool:
        return not url.startswith((self.address, "data:", "blob:"))

    def _complain(self, is_bad: bool, text: str) -> None:
        if is_bad and not text.startswith(tuple(f"console: {event}" for event in LEFT)):
            self.complaints.append(text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; SEGTAG_CHROMIUM names one")
    # Playwright runs an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium, live_server) -> Iterator[Callable[..., Visit]]:
    """`visit(role="marketer", language="en", width=390, dark=True)`; `role=None` is not signed in."""
    ensure_roles()
    contexts = []

    def start(*, role: str | None = "marketer", language: str = "en", width: int = 1280, dark: bool = False) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, color_scheme="dark" if dark else "light", locale=language
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if role:
            cookies[settings.SESSION_COOKIE_NAME] = _session(role)
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        return Visit(context.new_page(), live_server.url)

    yield start
    for context in contexts:
        context.close()


def _session(role: str) -> str:
    user, _ = User.objects.get_or_create(username=role)
    assign_role(user=user, key=role)
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def shop(live_server, settings) -> None:
    """150 households of the demo's shop, with features, tags, clusters and segments computed."""
    computed_shop.open_shop(settings)


@pytest.fixture
def worker(broker, processes) -> None:
    """A Celery worker on the test's database."""
    broker.forget()
    processes.append(celery_worker())
