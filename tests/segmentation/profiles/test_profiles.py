"""Profiles: computed by a run, published with the lake, read back as rows, frames and pictures."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.models import Customer
from segmentation import handlers
from segmentation.errors import SegmentationError
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.sync import sync
from segmentation.lake.tables import FEATURES
from segmentation.lake.versions import current_source
from segmentation.profiles.selectors import distribution, feature_frame, features_of, newest_base_date
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.runs.services import request_run
from tests.segmentation.lake.conftest import order, store
from tests.segmentation.profiles.conftest import AS_OF

pytestmark = pytest.mark.usefixtures("shop")
assert handlers


def computed(as_of=AS_OF) -> Run:
    run = execute(request_run(kind="profiles.compute", as_of=as_of).pk)
    assert run is not None
    return run


def frame(*keys: str, as_of=AS_OF) -> dict[str, tuple]:
    names = dict(Customer.objects.values_list("pk", "external_id"))
    rows = feature_frame(keys, as_of=as_of).to_pylist()
    return {names[row["customer_id"]]: tuple(row[key] for key in keys) for row in rows}


def test_a_run_computes_the_features_of_all_customers() -> None:
    before = current_source().version

    run = computed()

    assert (run.state, run.error) == (Run.State.SUCCEEDED, "")
    assert run.result["customers"] == 4
    assert run.result["features"] >= 15
    assert run.lake_snapshot_id == before
    assert frame("frequency", "monetary", "recency_days", "favourite_category") == {
        "ann": (2, 110, 7, "kitchen"),
        "bob": (1, 10, 2, "drinks"),
        "eve": (1, 40, 1, None),
        "zoe": (0, 0, None, None),
    }


def test_the_run_of_a_base_date_takes_the_place_of_the_one_before() -> None:
    computed()
    store(order("6", "bob", total=5, discount=0, at=AS_OF.replace(day=16)))
    sync()

    computed()

    assert frame("frequency")["bob"] == (2,)
    assert len(feature_frame([])) == 4
    assert len(current_source().tables[FEATURES]) == 1


def test_each_base_date_keeps_its_own_features() -> None:
    computed()
    later = AS_OF + timedelta(days=2)
    computed(later)

    assert frame("frequency", as_of=later)["eve"] == (2,)
    assert frame("frequency", as_of=later - timedelta(seconds=1))["eve"] == (1,)
    assert newest_base_date(current_source()) == later
    with pytest.raises(SegmentationError) as raised:
        feature_frame(["frequency"], as_of=AS_OF - timedelta(days=1))
    assert raised.value.code == "features_missing"


def test_a_fenced_run_publishes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = request_run(kind="profiles.compute", as_of=AS_OF)

    def taken_over(*args: object, **kwargs: object) -> int:
        Run.objects.filter(pk=run.pk).update(fence=99)
        return real(*args, **kwargs)

    from segmentation.profiles import handlers as jobs

    real = jobs.replace_day
    monkeypatch.setattr(jobs, "replace_day", taken_over)
    snapshots = LakeSnapshot.objects.count()

    execute(run.pk)

    assert LakeSnapshot.objects.count() == snapshots
    assert newest_base_date(current_source()) is None


def test_a_customer_s_features_come_with_words_and_with_the_place_among_all() -> None:
    computed()
    ann = Customer.objects.get(external_id="ann")

    with translation.override("en"):
        found = {row.key: row for row in features_of(ann.pk)}
    with translation.override("zh-hans"):
        chinese = {row.key: row for row in features_of(ann.pk)}

    assert (found["monetary"].value, found["monetary"].label, found["monetary"].text) == (110, "Total spent", "110.00")
    assert chinese["monetary"].label == "累计消费"
    assert found["monetary"].percentile == 75  # bob, eve and zoe of four
    assert found["recency_days"].percentile == 67  # bob and eve of the three who bought
    assert found["discount_share"].text == "4.3 %"
    assert (found["favourite_category"].text, found["favourite_category"].percentile) == ("kitchen", None)
    assert found["trend_4w_12w"].text == "—"


def test_nothing_is_shown_before_profiles_were_computed_or_for_a_newer_customer() -> None:
    assert features_of(Customer.objects.get(external_id="ann").pk) == []
    assert distribution("monetary") is None
    computed()
    store(order("7", "new", total=1, discount=0))
    assert features_of(Customer.objects.get(external_id="new").pk) == []
    LakeSnapshot.objects.all().delete()
    assert features_of(1) == []


def test_a_distribution_counts_every_customer_once() -> None:
    computed()

    money, category = distribution("monetary"), distribution("favourite_category")

    assert money is not None
    assert category is not None
    assert (sum(bar.count for bar in money.bars), money.missing, money.median) == (4, 0, 25)
    assert {bar.label: bar.count for bar in category.bars} == {"kitchen": 1, "drinks": 1}
    assert (category.missing, category.median) == (2, None)


def test_an_unknown_feature_is_refused_with_those_there_are() -> None:
    with pytest.raises(SegmentationError, match="monetary"):
        distribution("money")
