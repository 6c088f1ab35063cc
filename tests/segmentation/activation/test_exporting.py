"""Exports on a real database, lake and disk: what is in the file, who may have it, and that nothing is half done."""

import csv
import hashlib
import io
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import include, path

from customers import consent
from customers.models import AccessLog, Customer, Trait
from segmentation import safe_csv
from segmentation.activation import selectors
from segmentation.activation.models import Export
from segmentation.activation.services import ExportOptions, request_export
from segmentation.activation.views import export_download
from segmentation.audiences import services
from segmentation.audiences.models import AudienceVersion
from segmentation.audiences.selectors import audience_by_key
from segmentation.errors import SegmentationError
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.runs.services import cancel
from segmentation.sets import store
from segmentation.sets.models import NamedSet
from segmentation.tags.models import Category, Tag
from segtag_site.roles import assign_role, ensure_roles
from tests.campaign import ALL, NOW, run, shared_shop


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker, tmp_path_factory):
    with shared_shop(tmp_path_factory.mktemp("shop"), django_db_blocker):
        audience = services.create_audience(by=None, name="Spring", channel="email", include=ALL)
        run(services.request_freeze(audience=audience, by=None))
        ensure_roles()
        yield


@pytest.fixture
def frozen(_shop, db, settings, tmp_path) -> AudienceVersion:
    settings.EXPORT_DIR = tmp_path / "exports"
    return audience_by_key("spring").frozen_version


def user(role: str) -> User:
    made, _ = User.objects.get_or_create(username=role)
    assign_role(user=made, key=role)
    return User.objects.get(pk=made.pk)


def export(version: AudienceVersion, by: User | None = None, **options) -> Export:
    requested = request_export(version=version, options=ExportOptions(**options), by=by or user("marketer"))
    run(requested)
    return Export.objects.get(run=requested)


def file_of(export: Export, settings) -> Path:
    return settings.EXPORT_DIR / export.path


def table(export: Export, settings) -> list[list[str]]:
    text = file_of(export, settings).read_bytes().decode("utf-8-sig")
    return [[safe_csv.unescape(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


def give_tag(key: str, **values: list[int]) -> None:
    category = Category.objects.add_root(instance=Category(key=f"c-{key}", name_zh="类", name_en="Category"))
    Tag.objects.create(key=key, category=category, name_zh="等级", name_en="Level", kind="rule", status=Tag.Status.LIVE)
    sets = {
        store.named(
            NamedSet.Kind.TAG_VALUE, key, value, label_zh="等级", label_en="Level",
            value_label_zh=f"{value}级", value_label_en=value.title(), order=order,
        ): store.BitMap(ids)
        for order, (value, ids) in enumerate(values.items())
    }  # fmt: skip
    store.publish(sets, run=None, as_of=NOW)


def test_the_file_holds_those_reached_and_nobody_else(frozen, settings):
    made = export(frozen, columns=["external_id"])
    reached = Customer.objects.filter(pk__in=store.at_version(frozen.reached)).values_list("external_id", flat=True)
    assert table(made, settings) == [["external_id"], *([number] for number in reached.order_by("pk"))]
    assert made.rows == len(reached) == frozen.reached.size > 0


def test_the_record_carries_the_fingerprint_of_the_file(frozen, settings):
    made = export(frozen, columns=["external_id", "trait:points"])
    assert hashlib.sha256(file_of(made, settings).read_bytes()).hexdigest() == made.sha256
    assert made.run.result == {
        "rows": made.rows,
        "sha256": made.sha256,
        **dict.fromkeys(("gone", "suppressed", "quiet", "withdrawn", "universal"), 0),
    }
    assert made.run.progress_total == made.rows


def test_traits_are_written_as_the_catalogue_types_them_and_cannot_run(frozen, settings):
    made = export(frozen, columns=["external_id", "trait:points", "trait:vip", "trait:city"])
    customers = Customer.objects.in_bulk(field_name="external_id")
    for number, points, vip, city in table(made, settings)[1:]:
        traits = customers[number].traits
        assert (points, vip, city) == (str(traits["points"]), str(traits["vip"]).lower(), traits["city"])
    assert b'"\'=CMD()"' in file_of(made, settings).read_bytes()
    assert b'"=CMD()"' not in file_of(made, settings).read_bytes()


def test_a_trait_that_does_not_fit_its_type_is_left_empty(frozen, settings):
    first = Customer.objects.get(pk=store.at_version(frozen.reached).min())
    first.traits["points"] = "many"
    first.save()
    made = export(frozen, columns=["external_id", "trait:points"])
    assert table(made, settings)[1] == [first.external_id, ""]


def test_tags_are_written_by_key_or_by_name_in_a_language(frozen, settings):
    members = list(store.at_version(frozen.reached))
    give_tag("level", gold=members[:2], silver=members[1:3])
    by_key = table(export(frozen, columns=["tag:level"]), settings)
    assert by_key[:5] == [["tag:level"], ["gold"], ["gold; silver"], ["silver"], [""]]
    in_chinese = table(export(frozen, columns=["tag:level", "name"], language="zh-hans"), settings)
    assert [row[0] for row in in_chinese[:3]] == ["等级", "gold级", "gold级; silver级"]
    in_english = table(export(frozen, columns=["tag:level", "name"], language="en"), settings)
    assert in_english[0] == ["Level", "Name, masked"]


def test_contact_data_is_masked(frozen, settings):
    made = export(frozen, columns=["name", "email", "phone", "address"])
    content = file_of(made, settings).read_text()
    assert "张" in content
    for secret in ("张三", "zhang", "1380010", "南京路"):
        assert secret not in content


def test_contact_data_in_full_takes_the_right_to_see_it(frozen, settings):
    with pytest.raises(PermissionDenied):
        export(frozen, by=user("marketer"), columns=["external_id", "plain:email"])
    made = export(frozen, by=user("administrator"), columns=["external_id", "plain:email", "plain:phone"])
    number, email, phone = table(made, settings)[1]
    assert email == f"zhang{int(number[2:])}@example.com"
    assert phone.startswith("+86138001")
    assert made.options["reveals"]


def test_a_personal_trait_takes_the_right_to_see_it(frozen):
    Trait.objects.filter(name="points").update(field_class="personal")
    with pytest.raises(PermissionDenied):
        export(frozen, columns=["trait:points"])
    assert "trait:points" not in {column.key for column in selectors.export_columns(user("marketer"))}
    assert "trait:points" in {column.key for column in selectors.export_columns(user("administrator"))}


def test_a_viewer_cannot_export(frozen):
    with pytest.raises(PermissionDenied):
        export(frozen, by=user("viewer"), columns=["external_id"])


def test_a_right_taken_away_before_the_run_stops_it(frozen, settings):
    requested = request_export(version=frozen, options=ExportOptions(columns=["plain:email"]), by=user("administrator"))
    user_row = User.objects.get(username="administrator")
    assign_role(user=user_row, key="marketer")
    ended = execute(requested.pk)
    assert (ended.state, ended.error_code) == (Run.State.FAILED, "not_permitted")
    assert not Export.objects.exists()
    assert not settings.EXPORT_DIR.exists()


@pytest.mark.parametrize("columns", [[], ["nose"], ["external_id", "external_id"], ["trait:"], ["tag:x"]])
def test_columns_that_make_no_sense_are_refused(frozen, columns):
    with pytest.raises(SegmentationError) as refused:
        export(frozen, columns=columns)
    assert refused.value.where == "columns"


def test_an_unknown_language_or_destination_is_refused(frozen):
    with pytest.raises(SegmentationError) as refused:
        export(frozen, language="tlh")
    assert refused.value.where == "language"
    with pytest.raises(SegmentationError) as refused:
        request_export(version=frozen, options=ExportOptions(), destination="pigeon", by=user("marketer"))
    assert refused.value.where == "destination"


def test_consent_withdrawn_since_counts(frozen, settings):
    withdrawn = Customer.objects.get(pk=store.at_version(frozen.reached).min())
    consent.withdraw(customer=withdrawn, channel="email", source="page")
    made = export(frozen, columns=["external_id"])
    assert [withdrawn.external_id] not in table(made, settings)
    assert (made.rows, made.run.result["withdrawn"]) == (frozen.reached.size - 1, 1)


def test_a_customer_merged_into_another_since_is_not_addressed(frozen, settings):
    first, second = Customer.objects.filter(pk__in=store.at_version(frozen.reached)).order_by("pk")[:2]
    Customer.objects.filter(pk=first.pk).update(merged_into=second)
    made = export(frozen, columns=["external_id"])
    assert [first.external_id] not in table(made, settings)
    assert made.run.result["gone"] == 1


def test_asked_for_twice_it_is_made_once_and_other_columns_have_to_wait(frozen):
    marketer = user("marketer")
    first = request_export(version=frozen, options=ExportOptions(), by=marketer)
    assert request_export(version=frozen, options=ExportOptions(), by=marketer) == first
    with pytest.raises(SegmentationError) as refused:
        request_export(version=frozen, options=ExportOptions(columns=["name"]), by=marketer)
    assert refused.value.code == "export_running"


def test_an_export_cancelled_at_the_last_moment_leaves_no_file(frozen, settings, monkeypatch):
    requested = request_export(version=frozen, options=ExportOptions(), by=user("marketer"))
    replace = Path.replace

    def cancel_when_the_file_is_there(self: Path, target: Path) -> Path:
        cancel(run=requested)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", cancel_when_the_file_is_there)
    execute(requested.pk)
    assert not Export.objects.exists()
    assert list(settings.EXPORT_DIR.iterdir()) == []


def test_what_a_killed_attempt_left_behind_goes_with_the_next(frozen, settings):
    requested = request_export(version=frozen, options=ExportOptions(), by=user("marketer"))
    settings.EXPORT_DIR.mkdir()
    left = [settings.EXPORT_DIR / f"spring-v1-{requested.pk.hex}-0.{ending}" for ending in ("csv", "part")]
    for leftover in left:
        leftover.write_text("half")
    run(requested)
    assert [path.name for path in settings.EXPORT_DIR.iterdir()] == [Export.objects.get().path]


# --- Download ---------------------------------------------------------------------------------------------------

urlpatterns = [
    path("", include("segtag_site.urls")),
    path("exports/<int:pk>/", export_download, name="export_download"),
]


@pytest.fixture
def downloads(settings):
    settings.ROOT_URLCONF = __name__


def get(export: Export, by: User | None, **extra):
    client = Client()
    if by:
        client.force_login(by)
    return client.get(f"/exports/{export.pk}/", **extra)


@pytest.mark.usefixtures("downloads")
def test_the_download_is_the_file_for_no_cache_and_is_logged(frozen, settings):
    marketer = user("marketer")
    made = export(frozen, by=marketer)
    response = get(made, marketer)
    assert b"".join(response.streaming_content) == file_of(made, settings).read_bytes()
    assert response["Content-Disposition"].startswith('attachment; filename="Spring-v1-')
    assert response["Content-Type"] == "text/csv"
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Content-Type-Options"] == "nosniff"
    entry = AccessLog.objects.get(action="audience.download")
    assert (entry.actor, entry.object_kind, entry.object_key) == (marketer, "export", str(made.pk))
    assert entry.detail["rows"] == made.rows


@pytest.mark.usefixtures("downloads")
def test_who_may_not_export_may_not_download(frozen):
    made = export(frozen)
    assert get(made, user("viewer")).status_code == 403
    assert get(made, None).status_code == 302
    assert not AccessLog.objects.filter(action="audience.download").exists()


@pytest.mark.usefixtures("downloads")
def test_a_file_with_contact_data_in_full_is_for_those_who_may_see_it(frozen):
    made = export(frozen, by=user("administrator"), columns=["plain:email"])
    assert get(made, user("marketer")).status_code == 403
    assert get(made, user("administrator")).status_code == 200


@pytest.mark.usefixtures("downloads")
def test_nothing_outside_the_folder_of_exports_is_ever_sent(frozen, settings):
    made = export(frozen)
    secret = settings.EXPORT_DIR.parent / "secret.csv"
    secret.write_text("secret")
    (settings.EXPORT_DIR / "link.csv").symlink_to(secret)
    for path_ in ("../secret.csv", str(secret), "link.csv", "", "gone.csv", "."):
        Export.objects.filter(pk=made.pk).update(path=path_)
        assert get(made, user("marketer")).status_code == 404
