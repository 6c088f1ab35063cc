"""A past base date computed again: the same as it was, kept for its date, and never what readers see now."""

from datetime import timedelta

import pytest

from segmentation.runs import services as runs
from segmentation.runs.executor import execute
from segmentation.runs.models import Run
from segmentation.segments import services as segments
from segmentation.sets import store
from segmentation.sets.models import NamedSet, SetVersion
from segmentation.tags import services as tags
from segmentation.tags.models import Category, Tag
from tests.segmentation.corner_shop import AS_OF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("corner_shop")]
EARLIER = AS_OF - timedelta(days=30)


def recent(days: int) -> dict:
    window = {"past_days": days}
    leaf = {"event": "Order Completed", "measure": {"count": True}, "op": "at_least", "value": 1, "window": window}
    return {"version": 1, "rule": leaf}


def succeeded(run: Run | None) -> Run:
    assert run is not None
    assert run.state == Run.State.SUCCEEDED, run.error
    return run


def computed(kind: str, key: str, as_of=AS_OF) -> Run:
    run = execute(runs.request_run(kind=kind, subject=key, as_of=as_of).pk)
    return succeeded(run)


def again(run: Run) -> Run:
    replayed = execute(runs.replay(run=run).pk)
    return succeeded(replayed)


def tag(key: str, *days: int) -> Tag:
    category = Category.objects.first() or tags.create_category(key="c", name_zh="类", name_en="C")
    values = [{"key": f"d{n}", "zh": f"{n}", "en": f"{n}", "rule": recent(n)} for n in days]
    made = tags.create_tag(
        key=key, category=category, kind="rule", definition={"values": values}, name_zh="签", name_en="Tag"
    )
    return tags.publish_tag(tag=made, by=None)


def versions(key: str, value: str = "") -> list[SetVersion]:
    return list(store.history(NamedSet.objects.get(key=key, value=value)))


def test_a_segment_of_a_past_date_is_the_same_again_and_is_not_what_readers_see():
    segment = segments.create_segment(key="buyers", rule=recent(14), name_zh="买", name_en="Buyers")
    first, newest = computed("segments.compute", "buyers", EARLIER), computed("segments.compute", "buyers")
    now = store.current("segment", "buyers")

    replayed = again(first)

    assert store.current("segment", "buyers") == now
    segment.refresh_from_db()
    assert segment.last_run == newest
    past, same, last = versions("buyers")
    assert [one.run for one in (past, same, last)] == [first, replayed, newest]
    assert store.at_version(same) == store.at_version(past) != now
    assert (same.entered_count, same.left_count) == (0, 0)


def test_a_run_again_uses_the_rule_that_it_used():
    segment = segments.create_segment(key="buyers", rule=recent(14), name_zh="买", name_en="Buyers")
    first = computed("segments.compute", "buyers", EARLIER)
    segments.new_version(segment=segment, rule=recent(60), by=None)
    computed("segments.compute", "buyers")

    replayed = again(first)

    assert replayed.definition_version == 1
    assert replayed.result == first.result


def test_a_tag_of_a_past_date_changes_neither_its_values_nor_what_readers_see():
    made = tag("lately", 7, 90)
    first = computed("tags.compute", "lately", EARLIER)
    was = store.current("tag_value", "lately", "d7")
    tags.new_version(tag=made, definition={"values": tag("other", 30).live_version.definition["values"]}, by=None)
    tags.publish_tag(tag=made, by=None)
    newest = computed("tags.compute", "lately")
    now = store.current("tag_value", "lately", "d30")

    again(first)

    made.refresh_from_db()
    assert made.last_run == newest
    assert store.current("tag_value", "lately", "d30") == now
    assert not store.current("tag_value", "lately", "d7")
    assert [one.as_of for one in versions("lately", "d7")] == [EARLIER, EARLIER, AS_OF]
    assert store.at_date("tag_value", "lately", "d7", EARLIER) == was
    assert made.values.get(key="d7").detail["retired"]
    assert "retired" not in made.values.get(key="d30").detail


def test_what_only_a_past_date_finds_is_kept_for_it_and_empty_now():
    tag("lately", 7)
    computed("tags.compute", "lately")

    Tag.objects.get(key="lately").versions.update(definition=tag("other", 30).live_version.definition)
    computed("tags.compute", "lately", EARLIER)

    assert [bool(one.size) for one in versions("lately", "d30")] == [True, False]
    assert store.current("tag_value", "lately", "d7")


def test_a_past_date_builds_on_the_sets_as_they_were_then():
    tag("lately", 14)
    rule = {"version": 1, "rule": {"tag": "lately", "op": "is", "value": "d14"}}
    segments.create_segment(key="built", rule=rule, name_zh="建", name_en="Built")
    for day in (EARLIER, AS_OF):
        computed("tags.compute", "lately", day)
    computed("segments.compute", "built")

    computed("segments.compute", "built", EARLIER)

    past, _last = versions("built")
    assert store.at_version(past) == store.at_date("tag_value", "lately", "d14", EARLIER)
    assert store.at_version(past) != store.current("segment", "built")
