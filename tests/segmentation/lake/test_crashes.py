"""Killed between any two steps, then run again: every event and item is there once, and readers never saw a half."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from customers.models import Property
from segmentation.lake import delta, events, sync, versions
from segmentation.lake.compact import compact
from segmentation.lake.models import LakeSnapshot
from segmentation.lake.rebuild import rebuild
from segmentation.lake.tables import CUSTOMERS, EVENTS, ITEMS
from tests.segmentation.lake.conftest import order, read, store

pytestmark = pytest.mark.django_db

# Each writes something that outlives the process; what lies between them does not.
STEPS = [
    (delta, "created"),
    (delta, "widen"),
    (delta, "_written"),
    (delta, "append"),
    (delta, "overwrite"),
    (delta, "new_file"),
    (versions, "publish"),
]
OLD, NEW = 8, 30


class Died(BaseException):
    """Goes through everything, as the end of a process does."""


def dying_at(patch: pytest.MonkeyPatch, moment: int) -> None:
    """From now on, the steps count; before one of them comes the end."""
    passed = 0

    def guarded(step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal passed
            passed += 1
            if passed == moment:
                raise Died
            return step(*args, **kwargs)

        return run

    for module, name in STEPS:
        patch.setattr(module, name, guarded(getattr(module, name)))


@pytest.mark.parametrize("action", [sync.sync, rebuild, compact])
def test_killed_at_any_step_and_run_again_all_counts_are_exact(
    action: Callable[[], object], monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path
) -> None:
    monkeypatch.setattr(events, "PAGE", 5)
    monkeypatch.setattr(sync, "ROUND", 3_000)
    store(shopping(0))
    store(*(shopping(n) for n in range(1, OLD)))
    sync.sync()
    published = LakeSnapshot.objects.get()
    store(*(shopping(n) for n in range(OLD, NEW)))

    moments = 0
    for moment in range(1, 1000):
        settings.LAKE_DIR = shutil.copytree(tmp_path / "lake 湖", tmp_path / str(moment))
        LakeSnapshot.objects.exclude(pk=published.pk).delete()
        with monkeypatch.context() as patch, suppress(Died):
            dying_at(patch, moment)
            action()
            break
        moments += 1
        assert len(read(EVENTS)) in {OLD, NEW}, f"a reader saw a half after dying at step {moment}"
        assert len(read(ITEMS)) == 2 * len(read(EVENTS))

        action()

        check_everything(moment)
        sync.sync()
        check_everything(moment)
    assert moments > 10


def shopping(number: int) -> Any:
    """Two items; from the ninth on with a property unknown before; one quantity in five is no number."""
    late = {"channel": "app"} if number >= OLD else {}
    quantity = "many" if number % 5 == 4 else number
    products = ({"sku": "A", "quantity": quantity}, {"sku": "B", "quantity": 1})
    return order(f"m{number}", f"c{number % 4}", *products, total=number, **late)


def check_everything(moment: int) -> None:
    said = f"after dying at step {moment}"
    assert sorted(row["p_total"] for row in read(EVENTS)) == list(range(NEW)), said
    assert sum(row["p_channel"] == "app" for row in read(EVENTS)) == NEW - OLD, said
    items = [(row["event_id"], row["position"]) for row in read(ITEMS)]
    assert len(items) == len(set(items)) == 2 * NEW, said
    assert len(read(CUSTOMERS)) == 4, said
    assert Property.objects.get(name="quantity", scope="item").misfits == sum(n % 5 == 4 for n in range(NEW)), said
