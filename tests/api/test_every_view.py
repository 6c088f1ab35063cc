"""What every route of the API keeps to."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from customers.models import ImportBatch
from segmentation.activation.delivery_models import DeliveryPlan
from segmentation.runs.models import Run
from segmentation.webhooks.models import WebhookEndpoint

BODIES = {"POST": {}, "PATCH": {}, "PUT": {}, "DELETE": {}}


def views(patterns=None, prefix: str = "/") -> Iterator[tuple[str, type]]:
    """Every route of version 1, with its view."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from views(entry.url_patterns, route)
        elif isinstance(entry, URLPattern) and route.startswith("/api/v1/"):
            yield route, entry.callback.cls


ROUTES = dict(views())
METHODS = [
    (route, method)
    for route, view in ROUTES.items()
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE")
    if hasattr(view, method.lower())
]


def address(route: str, shop) -> str:
    if "webhooks/<uuid:id>" in route:
        webhook, _made = WebhookEndpoint.objects.get_or_create(name="Elsewhere", kinds=["run.failed"])
        route = route.replace("<uuid:id>", str(webhook.pk))
    if "imports/<int:id>" in route:
        route = route.replace("<int:id>", str(ImportBatch.objects.get(file_name="first.csv").pk))
    ours = route.replace("deliveries/<int:id>", f"deliveries/{DeliveryPlan.objects.get().pk}")
    filled = ours.replace("<int:id>", str(shop[0].pk)).replace("<str:value>", "gold").replace("<str:sku>", "S-1")
    filled = filled.replace("<uuid:id>", str(Run.objects.latest("requested_at").pk)) if "<uuid:id>" in route else filled
    for kind, key in {"tags": "level", "segments": "shanghai", "audiences": "spring", "categories": "value"}.items():
        filled = filled.replace(f"{kind}/<slug:key>", f"{kind}/{key}")
    assert "<" not in filled
    return filled


def permission(route: str, method: str) -> str:
    needed = ROUTES[route].permission_required
    return needed[method] if isinstance(needed, dict) else needed


def call(client: APIClient, method: str, url: str):
    return getattr(client, method.lower())(url, BODIES.get(method), format="json" if method in BODIES else None)


def with_head() -> list[tuple[str, str]]:
    """All routes and methods, and HEAD where there is GET."""
    return [*METHODS, *((route, "HEAD") for route, method in METHODS if method == "GET")]


def test_routes_are_found_at_all():
    assert {"/api/v1/customers", "/api/v1/segments/<slug:key>/members", "/api/v1/rules/preview"} <= set(ROUTES)


def every_answer(shop, user: User | None, query: str = "", methods=METHODS) -> Iterator[tuple[str, str, object]]:
    """What each route answers to this user, now."""
    client = APIClient()
    for route, method in methods:
        if user:
            client.force_login(User.objects.get(pk=user.pk))
        yield route, method, call(client, method, address(route, shop) + query)


@pytest.fixture
def root(db) -> User:
    return User.objects.create_superuser("root")


def test_nobody_gets_in_unnamed(shop):
    for route, method, answer in every_answer(shop, None, methods=[*with_head(), *((r, "OPTIONS") for r in ROUTES)]):
        assert answer.status_code == 401, (route, method)
        if method == "HEAD":
            continue
        told = answer.json()
        assert told["type"] == "client_error"
        assert [(error["code"], error["attr"]) for error in told["errors"]] == [("not_authenticated", None)]


def test_without_the_named_permission_nothing_is_told(shop):
    for route, method, answer in every_answer(shop, User.objects.create_user("somebody"), methods=with_head()):
        assert answer.status_code == 403, (route, method)
        if method != "HEAD":
            assert answer.json()["errors"][0]["code"] == "permission_denied"


def test_the_named_permission_is_enough(shop):
    for route, method in METHODS:
        app, codename = permission(route, method).split(".")
        user = User.objects.create_user(f"{method} {route}")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        [(_, _, answer)] = every_answer(shop, user, methods=[(route, method)])
        assert answer.status_code != 403, (route, method)


def test_an_unknown_parameter_is_refused_by_name(shop, root):
    for route, method, answer in every_answer(shop, root, "?colour=red"):
        assert answer.status_code == 400, (route, method)
        errors = [(error["attr"], error["code"]) for error in answer.json()["errors"]]
        assert errors == [("colour", "unknown_parameter")]


def test_an_unknown_key_of_the_body_is_refused_by_name(shop, root):
    client = APIClient()
    client.force_login(root)
    for route, method in METHODS:
        if hasattr(ROUTES[route], "Input") and method not in {"GET", "DELETE"}:
            answer = getattr(client, method.lower())(address(route, shop), {"holdout": 20}, format="json")
            assert answer.status_code == 400
            assert ("holdout", "unknown_parameter") in [(e["attr"], e["code"]) for e in answer.json()["errors"]]


def test_readers_get_answers_that_no_cache_keeps(shop, root):
    client = APIClient()
    client.force_login(root)
    for route in [route for route, method in METHODS if method == "GET"]:
        answer = client.get(address(route, shop) + ("?trait=city" if route.endswith("catalog/values") else ""))
        assert answer.status_code == 200, answer.content
        assert answer["Cache-Control"] == "no-store, private"


def test_nothing_that_is_sent_breaks_the_server(shop, root):
    for route, method, answer in every_answer(shop, root):
        assert answer.status_code < 500, (route, method)


NASTY = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "'",
    '"; DROP TABLE x',
    "%",
    "%s",
    "../..",
    "-1",
    "１",
    "1e309",
    "9" * 40,
    "null",
    "[]",
    "名" * 300,
]


def test_no_parameter_however_odd_breaks_the_server(shop, root):
    client = APIClient()
    client.force_login(root)
    for route in [route for route, method in METHODS if method == "GET"]:
        view, url = ROUTES[route], address(route, shop)
        declared = list(view.Query().fields) if hasattr(view, "Query") else []
        for name in {*declared, *(["cursor", "page_size"] if hasattr(view, "list") else [])}:
            for value in NASTY:
                cache.clear()
                answer = client.get(url, {name: value})
                assert answer.status_code < 500, (url, name, value)


def test_no_address_however_odd_breaks_the_server(shop, root):
    client = APIClient()
    client.force_login(root)
    for path in ("customers/{}", "customers/{}/tags", "tags/{}", "tags/level/values/{}/members", "segments/{}/members"):
        for value in filter(None, NASTY):
            answer = client.get("/api/v1/" + path.format(quote(value, safe="")))
            assert answer.status_code == 404, (path, value)


def test_the_openapi_document_is_whole_and_says_all_without_a_warning(tmp_path):
    path = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", lang="en", file=str(path))
    text = path.read_text(encoding="utf-8")
    assert text.count("operationId:") == len(METHODS)
    assert text.count("Needs the permission `") == len(METHODS)


def test_too_many_requests_are_told_when_to_come_back(shop, client, settings):
    settings.API_RATES = {"default": 3, "preview": 1}
    answers = [client.get("/api/v1/tags") for _ in range(4)]
    assert [answer.status_code for answer in answers][:3] == [200, 200, 200]
    last = answers[-1]
    assert last.status_code == 429
    assert last.json()["errors"][0]["code"] == "throttled"
    assert 0 < int(last["Retry-After"]) <= 60


def test_without_the_cache_requests_are_still_answered(shop, client, broker):
    broker.stop()
    assert client.get("/api/v1/tags").status_code == 200


@pytest.mark.parametrize("body", ["{", "[" * 100_000, '{"a": ' + "1" * 5_000 + "}", '{"a": NaN}', "\x00", '"\\ud800"'])
def test_a_body_that_is_no_json_is_the_callers_error(shop, client, body):
    answer = client.post("/api/v1/rules/validate", body, content_type="application/json")
    assert answer.status_code == 400, answer.content


def test_what_does_not_exist_is_not_found(shop, client):
    for path in (
        "customers/999999",
        "tags/nothing",
        "segments/nothing",
        "segments/nothing/members",
        "audiences/nothing",
    ):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["code"] == "not_found"


def test_details_are_told_in_the_language_of_the_request(shop, client):
    rule = {"version": 1, "rule": {"all": []}}
    english = client.post("/api/v1/rules/validate", rule, format="json", headers={"accept-language": "en"})
    chinese = client.post("/api/v1/rules/validate", rule, format="json", headers={"accept-language": "zh-hans"})
    assert "empty" in english.json()["errors"][0]["detail"]
    assert "空" in chinese.json()["errors"][0]["detail"]
