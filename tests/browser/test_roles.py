"""What each role can do in a real browser, and that it can do no more: one story through the pages for each."""

import json
import re

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.urls import get_resolver, reverse

from segmentation.runs.services import request_run
from segmentation.tags.governance import submit_tag
from segmentation.tags.models import Tag
from segmentation.tags.services import new_version
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TAG = "spending-power"
# What everybody may send: the choice of a language, and good-bye.
OWN = {"/language/", "/logout/"}


@pytest.fixture
def proposed(shop) -> Tag:
    """The tag with a change of its first value under review, sent by nobody."""
    tag = Tag.objects.get(key=TAG)
    new_version(tag=tag, definition=changed(tag), by=None)
    submit_tag(tag=tag, by=None, note="Spring")
    return tag


def changed(tag: Tag) -> dict:
    """The definition with fewer customers in the lowest band."""
    definition = tag.versions.latest("number").definition
    return {**definition, "cuts": [0.3, *definition["cuts"][1:]]}


def buttons(visitor: Visit) -> list[str]:
    """Where forms and buttons of the page send to, beside the reader's own in the head."""
    every = "forms => forms.map(one => one.getAttribute('hx-post') || one.getAttribute('action') || location.pathname)"
    found = visitor.page.eval_on_selector_all("form[method=post], [hx-post], [formaction]", every)
    return [path for path in found if path not in OWN]


def send(visitor: Visit, path: str) -> int:
    """The answer to a form sent by hand, from the page that is open."""
    cookies = {one["name"]: one["value"] for one in visitor.page.context.cookies()}
    token = next(value for name, value in cookies.items() if "csrf" in name)
    headers = {"X-CSRFToken": token, "Referer": visitor.page.url}
    answer = visitor.page.context.request.post(visitor.address + path, headers=headers, form={"answer": "x"})
    return answer.status


def test_an_operator_drafts_a_change_and_sends_it_and_cannot_approve_it(visit, shop):
    tag = Tag.objects.get(key=TAG)
    live = tag.live_version.number
    visitor = visit(role="operator")
    visitor.open(f"/tags/{TAG}/")
    visitor.page.click(".page-header a:has-text('Edit')")
    visitor.page.fill("#id_definition", json.dumps(changed(tag)))
    visitor.page.click("[name=_save]")
    visitor.page.wait_for_url("**/admin/segmentation/tag/")
    visitor.open(f"/tags/{TAG}/")
    visitor.page.fill("input[name=note]", "Prices rose")
    visitor.page.click("button:has-text('Submit for review')")
    visitor.page.click("a:has-text('See what it would change')")
    visitor.page.wait_for_selector("text=Would enter")
    assert "Prices rose" in visitor.text()
    assert buttons(visitor) == []
    for name in ("review_approve", "review_send_back"):
        assert send(visitor, reverse(f"segmentation:{name}", args=["tag", TAG])) == 403
    tag.refresh_from_db()
    assert tag.live_version.number == live
    assert visitor.complaints == []


def test_a_reviewer_sees_who_would_move_and_approves_and_cannot_draft(visit, proposed):
    visitor = visit(role="reviewer")
    visitor.open("/")
    visitor.page.click("aside a:has-text('Reviews')")
    visitor.page.click(f"a[href='/reviews/tag/{TAG}/']")
    visitor.page.wait_for_selector("text=Would enter")
    assert "Spring" in visitor.text()
    assert visitor.page.locator("td.text-red, td.text-green").all_inner_texts() != []
    for name, path in (("tag_submit", [TAG]), ("tag_delete", [TAG]), ("given_values", [TAG])):
        assert send(visitor, reverse(f"segmentation:{name}", args=path)) == 403
    visitor.page.click("button:has-text('Approve and make live')")
    visitor.page.wait_for_url(f"**/tags/{TAG}/")
    proposed.refresh_from_db()
    assert proposed.live_version == proposed.versions.latest("number")
    assert visitor.page.locator("a:has-text('Edit'), [aria-label=Delete]").count() == 0
    assert visitor.complaints == []


def test_with_four_eyes_nobody_approves_what_they_sent(visit, proposed, settings):
    settings.FOUR_EYES = True
    visitor = visit(role="administrator")
    visitor.open(f"/reviews/tag/{TAG}/")
    proposed.versions.filter(state="review").update(submitted_by=User.objects.get(username="administrator"))
    visitor.open(f"/reviews/tag/{TAG}/")
    assert visitor.page.locator("button:has-text('Approve')").is_disabled()
    send(visitor, reverse("segmentation:review_approve", args=["tag", TAG]))
    assert proposed.versions.get(state="review")
    other = visit(role="reviewer")
    other.open(f"/reviews/tag/{TAG}/")
    other.page.click("button:has-text('Approve and make live')")
    other.page.wait_for_url(f"**/tags/{TAG}/")
    assert not proposed.versions.filter(state="review").exists()


def test_a_viewer_reads_every_page_and_is_refused_every_button_and_every_form(visit, proposed):
    run = request_run(kind="tags.compute", subject=TAG)
    visitor = visit(role="viewer")
    read = [
        "/tags/",
        f"/tags/{TAG}/",
        f"/tags/{TAG}/given/",
        f"/history/tag/{TAG}/",
        "/reviews/",
        f"/reviews/tag/{TAG}/",
    ]
    read += ["/segments/", "/segments/loyal/", "/taxonomy/", "/health/", "/runs/", f"/runs/{run.pk}/"]
    for path in read:
        visitor.open(path, until="load")
        assert buttons(visitor) == [], path
    for_sending = [path for path in every_path(run.pk) if got(visitor, path) == 405]
    before = everything()
    answers = {path: send(visitor, path) for path in every_path(run.pk)}
    assert {path: answers[path] for path in for_sending if answers[path] != 403} == {}
    assert len(for_sending) > 30
    assert {path: code for path, code in answers.items() if code not in (200, 403, 404, 405)} == {}
    assert everything() == before
    assert visitor.complaints == []


def got(visitor: Visit, path: str) -> int:
    return visitor.page.context.request.get(visitor.address + path).status


def everything() -> dict[type, list]:
    """Every row of what is concluded, as it is now."""
    return {
        model: list(model.objects.order_by("pk").values()) for model in apps.get_app_config("segmentation").get_models()
    }


def every_path(run: object) -> list[str]:
    """A path of every route of the pages, with the names of things that are there."""
    known = {"key": TAG, "kind": "tag", "pk": run, "number": 1}
    found = []
    for pattern in get_resolver("segmentation.urls").url_patterns:
        route = str(pattern.pattern)
        found.append("/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(known.get(name[1], 1)), route))
    return found
