"""Deliveries: to every kind of destination, only what changed, each customer's outcome, and nothing twice."""

import csv
import json
import socketserver
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pyroaring import BitMap

from customers import consent
from customers.models import Customer
from segmentation.activation import planning, workbook
from segmentation.activation.delivery_models import Delivery, DeliveryPlan
from segmentation.activation.models import Export
from segmentation.activation.services import ExportOptions, request_export
from segmentation.activation.tidying import tidy_exports
from segmentation.audiences import services, suppression
from segmentation.audiences.models import Audience
from segmentation.audiences.selectors import audience_by_key
from segmentation.privacy.stores.base import Subject
from segmentation.privacy.stores.deliveries import Deliveries
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.sets import store
from segmentation.webhooks.signing import headers, new_secret
from segtag_site.roles import assign_role, ensure_roles
from tests.campaign import ALL, NOW, run, shared_shop
from tests.segmentation.activation.sftp_server import PASSWORD, serving
from tests.segmentation.webhooks.receiver import receiving

LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker, tmp_path_factory):
    with shared_shop(tmp_path_factory.mktemp("shop"), django_db_blocker):
        audience = services.create_audience(by=None, name="Spring", channel="email", include=ALL, holdout_percent=0)
        run(services.request_freeze(audience=audience, by=None))
        ensure_roles()
        yield


@pytest.fixture
def spring(_shop, db, settings, tmp_path) -> Audience:
    settings.EXPORT_DIR, settings.WEBHOOK_NETWORKS = tmp_path / "exports", LOOPBACK
    return audience_by_key("spring")


def user(role: str = "marketer") -> User:
    made, _ = User.objects.get_or_create(username=role)
    assign_role(user=made, key=role)
    return User.objects.get(pk=made.pk)


def plan_for(audience: Audience, destination: str, columns=("external_id",), told=None, **plan) -> DeliveryPlan:
    options = ExportOptions(columns=list(columns))
    return planning.create_plan(
        audience=audience, destination=destination, told=told or {}, options=options, by=user(), name="To", **plan
    )


def send(plan: DeliveryPlan) -> Delivery:
    return Delivery.objects.get(run=run(planning.request_delivery(plan=plan)))


def numbers(members: BitMap) -> set[str]:
    return set(Customer.objects.filter(pk__in=members).values_list("external_id", flat=True))


def lines(delivery: Delivery, settings) -> list[list[str]]:
    with (settings.EXPORT_DIR / delivery.path).open(newline="") as file:
        return list(csv.reader(file))


def test_a_recurring_audience_sends_only_who_came_and_who_went(spring, settings):
    plan = plan_for(spring, "file", ["external_id", "trait:city"], only_changes=True, recompute=True)
    first = send(plan)
    reached = store.at_version(spring.frozen_version.reached)
    assert {row[1] for row in lines(first, settings)[1:]} == numbers(reached)
    leaves = Customer.objects.get(pk=reached.min())
    comes = Customer.objects.exclude(pk__in=reached).first()
    consent.withdraw(customer=leaves, channel="email", source="page")
    consent.grant(customer=comes, channel="email", source="page")
    second = send(plan)
    assert [row[:2] for row in lines(second, settings)] == [
        ["change", "external_id"], ["added", comes.external_id], ["removed", leaves.external_id],
    ]  # fmt: skip
    assert lines(second, settings)[2][2] == ""  # of who is gone nothing but the number
    assert second.version.number == first.version.number + 1
    assert (second.counts["added"], second.counts["removed"]) == (1, 1)
    assert send(plan).counts == {"added": 0, "removed": 0}


def test_everybody_skipped_is_listed_with_the_reason(spring):
    plan = plan_for(spring, "file")
    first, second = Customer.objects.filter(pk__in=store.at_version(spring.frozen_version.reached))[:2]
    suppression.suppress(customer=first, by=None)
    consent.withdraw(customer=second, channel="email", source="page")
    delivery = send(plan)
    told = {one.outcome: store.load(one.members) for one in delivery.outcomes.all()}
    assert told["suppressed"] == BitMap([first.pk])
    assert told["withdrawn"] == BitMap([second.pk])
    assert sum(map(len, told.values())) == spring.frozen_version.reached.size
    browser = Client()
    browser.force_login(user())
    page = browser.get(f"/delivered/{delivery.pk}/outcomes/suppressed/").content.decode()
    assert first.external_id in page
    assert "张三" not in page
    assert browser.get(f"/deliveries/{plan.pk}/").status_code == browser.get("/deliveries/").status_code == 200
    assert b"".join(browser.get(f"/delivered/{delivery.pk}/download/").streaming_content)


def test_a_webhook_gets_signed_batches_and_a_repeat_has_the_same_id(spring, monkeypatch):
    monkeypatch.setattr("segmentation.activation.destinations.webhook.Webhook.parcel_size", 10)
    secret = new_secret()
    with receiving() as receiver:
        receiver.script = [200, 503, 200]
        plan = plan_for(spring, "webhook", told={"url": receiver.url, "secret": secret})
        requested = planning.request_delivery(plan=plan)
        execute(requested.pk)
        requested.refresh_from_db()
        assert requested.state == Run.State.QUEUED  # it is tried again
        run(requested)
        sent = list(receiver.came)
    assert secret not in plan.secret
    ids = [told["webhook-id"] for told, _body in sent]
    assert ids[1] == ids[2]
    assert sent[1][1] == sent[2][1]
    assert len(set(ids)) == len(ids) - 1
    told, body = sent[0]
    moment = timezone.datetime.fromtimestamp(int(told["webhook-timestamp"]), tz=NOW.tzinfo)
    assert headers(ids[0], body, [secret], moment)["webhook-signature"] == told["webhook-signature"]
    taken = [
        row["external_id"] for place in (0, *range(2, len(sent))) for row in json.loads(sent[place][1])["customers"]
    ]
    assert len(taken) == len(set(taken)) == spring.frozen_version.reached.size


def test_a_receiver_that_says_no_ends_the_run_with_advice(spring):
    with receiving() as receiver:
        receiver.script = [410]
        plan = plan_for(spring, "webhook", told={"url": receiver.url, "secret": new_secret()})
        ended = execute(planning.request_delivery(plan=plan).pk)
    assert (ended.state, ended.error_code) == (Run.State.FAILED, "not_taken")
    browser = Client()
    browser.force_login(user())
    assert browser.get(f"/deliveries/{plan.pk}/").context["advice"]


def test_an_email_goes_to_each_customer_with_what_is_known_of_it(spring, settings):
    with mail_server(refuses="zhang2@") as server:
        settings.SMTP, settings.MAIL_FROM = f"smtp://127.0.0.1:{server.server_address[1]}", "Shop <shop@example.com>"
        told = {"subject": "Hello {{external_id}}", "body": "From {{trait:city}}"}
        delivery = send(plan_for(spring, "email", ["external_id", "trait:city"], told))
        again = send(delivery.plan)
    assert delivery.counts["refused"] == 1
    assert delivery.counts["added"] == spring.frozen_version.reached.size - 1
    assert server.mails[0][0] == "zhang1@example.com"
    assert "Subject: Hello C-001" in server.mails[0][1]
    assert f"<delivery-{delivery.pk}." in server.mails[0][1]
    assert again.counts["added"] == delivery.counts["added"]  # a plan that sends everybody does so each time


def test_object_storage_gets_one_whole_object(spring, s3):
    told = {"place": "s3://lists/plan", "endpoint": s3, "region": "us-east-1", "access_key": "a", "secret": "b"}
    delivery = send(plan_for(spring, "object_storage", told=told))
    with urlopen(f"{s3}/lists/plan/spring-v{delivery.version.number}-{delivery.run.pk.hex}.csv") as written:
        assert len(written.read().splitlines()) == delivery.counts["added"] + 1


def test_a_file_on_a_server_says_who_came_and_who_went(spring, tmp_path):
    with serving(tmp_path) as server:
        told = {"host": server.host, "host_key": server.fingerprint, "place": "/", "user": "shop", "secret": PASSWORD}
        plan = plan_for(spring, "sftp", told=told, only_changes=True)
        assert PASSWORD not in json.dumps(plan.told) + plan.secret
        first = send(plan)
        suppression.suppress(customer=Customer.objects.get(pk=store.load(plan_again(plan).delivered).min()), by=None)
        second = send(plan)
    [one, two] = sorted((path for path in tmp_path.glob("*.csv")), key=lambda path: -path.stat().st_size)
    assert len(one.read_text().splitlines()) == first.counts["added"] + 1
    assert [line.split(",")[0] for line in two.read_text().splitlines()] == ['"change"', '"removed"']
    assert (second.counts["added"], second.counts["removed"], second.counts["suppressed"]) == (0, 1, 1)


def plan_again(plan: DeliveryPlan) -> DeliveryPlan:
    return DeliveryPlan.objects.get(pk=plan.pk)


def test_a_workbook_holds_texts_that_no_program_runs(spring, settings):
    requested = request_export(
        version=spring.frozen_version, options=ExportOptions(columns=["external_id", "trait:city", "trait:points"]),
        destination="xlsx", by=user(),
    )  # fmt: skip
    run(requested)
    made = Export.objects.get(run=requested)
    with zipfile.ZipFile(settings.EXPORT_DIR / made.path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    rows = list(ElementTree.fromstring(sheet).iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}row"))
    assert len(rows) == made.rows + 1
    assert b"<f>" not in sheet
    assert b"=CMD()</t>" in sheet
    assert [cell.get("t") for cell in rows[1]] == ["inlineStr", "inlineStr", None]


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path):
    with (tmp_path / "book.xlsx").open("wb") as file:
        assert workbook.write(file, ["n"], ([n] for n in range(25)), most=11) == 25
    with zipfile.ZipFile(tmp_path / "book.xlsx") as book:
        counts = [book.read(f"xl/worksheets/sheet{n}.xml").count(b"<row>") for n in (1, 2, 3)]
        assert counts == [11, 11, 6]
        for name in book.namelist():
            ElementTree.fromstring(book.read(name))


def test_what_has_a_timetable_is_due_once(spring):
    plan = plan_for(spring, "file", schedule="daily")
    assert planning.due_plans(plan.created_at) == []
    later = plan.created_at + timedelta(days=3)
    assert planning.due_plans(later) == [plan]
    planning.set_active(plan=plan, active=False, by=None)
    assert planning.due_plans(later) == []


def test_files_go_after_their_days_and_the_record_stays(spring, settings):
    settings.KEEP_EXPORTS = 30
    delivery = send(plan_for(spring, "file"))
    assert tidy_exports(timezone.now() + timedelta(days=29)) == 0
    assert tidy_exports(timezone.now() + timedelta(days=31)) == 1
    assert list(settings.EXPORT_DIR.iterdir()) == []
    assert Delivery.objects.get(pk=delivery.pk).counts == delivery.counts


def test_who_is_erased_leaves_what_deliveries_keep(spring, settings):
    delivery = send(plan_for(spring, "file"))
    gone = store.load(delivery.plan.delivered).min()
    places, subject = Deliveries(), Subject((gone,), frozenset())
    assert (places.count(subject), places.tell(subject)[0]["outcome"]) == (1, "added")
    places.erase(subject)
    delivery.refresh_from_db()
    assert (places.count(subject), delivery.path, list(settings.EXPORT_DIR.iterdir())) == (0, "", [])
    assert gone not in store.load(DeliveryPlan.objects.get().delivered) | store.load(delivery.done)


def test_a_secret_or_an_address_that_is_missing_is_asked_for_on_the_page(spring):
    browser = Client()
    browser.force_login(user())
    typed = {"name": "To", "columns": ["external_id"], "schedule": "manual", "told_url": "https://example.com/"}
    url = "/audiences/spring/deliver/webhook/"
    assert browser.get(url).status_code == 200
    assert browser.post(url, typed).status_code == 422
    assert browser.post(url, typed | {"told_secret": new_secret()}).status_code == 302
    page = browser.get(f"/deliveries/{DeliveryPlan.objects.get().pk}/").content.decode()
    assert "whsec_" not in page


class Mail(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as it takes, keeps what came, and refuses some addresses."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, refuses: str) -> None:
        self.refuses, self.mails = refuses, list[tuple[str, str]]()
        super().__init__(("127.0.0.1", 0), _Talk)


class _Talk(socketserver.StreamRequestHandler):
    server: Mail

    def handle(self) -> None:
        self.say("220 ready")
        to = ""
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith("RCPT"):
                to = line[line.index("<") + 1 : line.index(">")]
                self.say("550 no" if to.startswith(self.server.refuses) else "250 ok")
            elif word.startswith("DATA"):
                self.say("354 go on")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append((to, text.decode()))
                self.say("250 taken")
            elif word.startswith("QUIT"):
                return self.say("221 bye")
            else:
                self.say("250 ok")
        return None

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server(refuses: str) -> Iterator[Mail]:
    server = Mail(refuses)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
